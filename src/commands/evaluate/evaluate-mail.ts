import { join } from 'node:path';
import { createCatalogue } from '../../alias/catalogue.ts';
import type { Alias } from '../../alias/alias.ts';
import { openStore } from '../../baseline/open-store.ts';
import { defaultStoreLimits, type BaselineStore } from '../../baseline/store.ts';
import type { ActiveRules } from '../../dependencies.ts';
import { createPseudonym } from '../../features/hash.ts';
import { readAbuse, scoreAbuse, type AbuseResult } from './abuse.ts';
import { readLures } from './lures.ts';
import { askOtherFilters, type FilterFigures } from './other-filters.ts';
import { readStreams } from './read-streams.ts';
import { poisons } from './scenarios/poisoning.ts';
import { canBeBackground, runScenarios, type StreamScenarios } from './scenarios/run-scenarios.ts';
import { createScorer } from './scorer.ts';
import { replayStream, type StreamResult } from './streams.ts';

export type EvaluationInput = {
  /** Folder of mbox files, one alias each. */
  readonly streams: string;
  /** Folder with `labels.jsonl`, or null. */
  readonly abuse: string | null;
  /** JSON lines of lures, or null. */
  readonly lures: string | null;
  /** Watch every alias of the streams, with or without a pack. */
  readonly watchAll: boolean;
  /** Also play replays, forwards, drifts and poisonings. */
  readonly scenarios: boolean;
  /** Also ask SpamAssassin and rspamd, where they are. */
  readonly otherFilters: boolean;
  readonly rules: ActiveRules;
  /** Called once before the replay and once per message. */
  readonly onStart: (messages: number) => void;
  readonly onMessage: () => void;
};

export type Evaluation = {
  readonly streams: readonly StreamResult[];
  /** Labelled abuse without history: without packs and with them. */
  readonly abuse: {
    readonly cold: readonly AbuseResult[];
    readonly withPack: readonly AbuseResult[];
  };
  /** Null where they were not asked for. */
  readonly scenarios: readonly StreamScenarios[] | null;
  readonly otherFilters: readonly FilterFigures[];
};

/** Measures detection on real mail, in arrival order, each stream against its own history only. Same data, same figures. */
export async function evaluateMail(input: EvaluationInput): Promise<Evaluation> {
  const { rules, onStart, onMessage: report } = input;
  const watched = (address: string) => watch(address, rules);
  const streams = await readStreams(input.streams, (address) =>
    input.watchAll ? watched(address) : rules.catalogue.find(address),
  );
  const bank = input.lures === null ? null : await readLures(input.lures);
  onStart(streams.reduce((sum, { messages }) => sum + messages.length, 0));
  await using empty = await openMemoryStore();
  const scoreCold = createScorer({ rules, store: empty, pseudonym });
  const results: StreamResult[] = [];
  for (const stream of streams) {
    await using store = await openMemoryStore();
    const score = createScorer({ rules, store, pseudonym });
    results.push(await replayStream(stream, { store, score, scoreCold, bank, report }));
  }
  const mails = input.abuse === null ? [] : await readAbuse(join(input.abuse, 'labels.jsonl'));
  const abuse = (withPacks: boolean) =>
    scoreAbuse(mails, { aliasOf: watched, withPacks, score: scoreCold });
  const scenarios: StreamScenarios[] = [];
  if (input.scenarios)
    for (const stream of streams.filter(canBeBackground))
      scenarios.push(await runScenarios(stream, { rules, pseudonym, bank, poisons, report }));
  return {
    streams: results,
    abuse: { cold: await abuse(false), withPack: await abuse(true) },
    scenarios: input.scenarios ? scenarios : null,
    otherFilters: input.otherFilters ? await askOtherFilters({ streams, bank, abuse: mails }) : [],
  };
}

/** Keyed with nothing: figures must not change from run to run. */
const pseudonym = createPseudonym(Buffer.alloc(32));

function openMemoryStore(): Promise<BaselineStore> {
  return openStore('sqlite::memory:', { limits: defaultStoreLimits, timeoutMs: 1000 });
}

/** The alias an address has under the rules, or one without a pack. */
function watch(address: string, { catalogue }: ActiveRules): Alias {
  const alias = catalogue.find(address) ?? createCatalogue([], [address]).find(address);
  if (alias === null) throw new Error(`cannot watch ${address}`);
  return alias;
}
