import { join } from 'node:path';
import { createCatalogue } from '../../alias/catalogue.ts';
import type { Alias } from '../../alias/alias.ts';
import type { ActiveRules } from '../../dependencies.ts';
import { createPseudonym } from '../../features/hash.ts';
import { createAttachmentReader } from '../../message/attachments/attachment-reader.ts';
import { readAbuse, scoreAbuse, type AbuseResult } from './abuse.ts';
import type { AblationResult } from './ablation-figures.ts';
import { ablations } from './ablations.ts';
import { readLures } from './lures.ts';
import { openMemoryStore } from './memory-store.ts';
import { askOtherFilters, type FilterFigures } from './other-filters.ts';
import { readStreams } from './read-streams.ts';
import { runAblations } from './run-ablations.ts';
import { poisons } from './scenarios/poison-plans.ts';
import {
  canBeBackground,
  runScenarios,
  scenarios,
  type StreamScenarios,
} from './scenarios/run-scenarios.ts';
import { createScorer } from './scorer.ts';
import {
  allInjections,
  createParser,
  replayStream,
  type Stream,
  type StreamResult,
} from './streams.ts';

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
  /** Also measure what each part of the detector is worth. */
  readonly ablate: boolean;
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
  readonly ablations: readonly AblationResult[];
};

/** Measures detection on real mail, in arrival order, each stream against its own history only. Same data, same figures. */
export async function evaluateMail(input: EvaluationInput): Promise<Evaluation> {
  const { rules, onStart, onMessage: report } = input;
  const watched = (address: string) => watch(address, rules);
  await using attachments = createAttachmentReader({ onPart: () => undefined });
  const parse = createParser((parts) => attachments.read(parts, patienceMs));
  const streams = await readStreams(input.streams, {
    parse,
    aliasOf: (address) => (input.watchAll ? watched(address) : rules.catalogue.find(address)),
  });
  const bank = input.lures === null ? null : await readLures(input.lures);
  onStart(stepsOf(streams, input));
  await using empty = await openMemoryStore();
  const scoreCold = createScorer({ rules, store: empty, pseudonym });
  const results: StreamResult[] = [];
  for (const stream of streams) {
    await using store = await openMemoryStore();
    const score = createScorer({ rules, store, pseudonym });
    results.push(
      await replayStream(stream, { store, score, scoreCold, bank, plan: allInjections, report }),
    );
  }
  const mails =
    input.abuse === null ? [] : await readAbuse(join(input.abuse, 'labels.jsonl'), parse);
  const abuse = (withPacks: boolean) =>
    scoreAbuse(mails, { aliasOf: watched, withPacks, score: scoreCold });
  const played: StreamScenarios[] = [];
  if (input.scenarios)
    for (const stream of streams.filter(canBeBackground))
      played.push(await runScenarios(stream, { rules, pseudonym, bank, poisons, report }));
  return {
    streams: results,
    abuse: { cold: await abuse(false), withPack: await abuse(true) },
    scenarios: input.scenarios ? played : null,
    ablations: await runAblations(input.ablate ? ablations : [], streams, {
      rules,
      pseudonym,
      bank,
      report,
    }),
    otherFilters: input.otherFilters ? await askOtherFilters({ streams, bank, abuse: mails }) : [],
  };
}

/** Calls of `onMessage` to come: a message of a replay, or a scenario. */
function stepsOf(
  streams: readonly Stream[],
  { scenarios: isPlayed, ablate }: EvaluationInput,
): number {
  const messages = streams.reduce((sum, stream) => sum + stream.messages.length, 0);
  const played = isPlayed ? streams.filter(canBeBackground).length * (scenarios.length + 1) : 0;
  return messages * (ablate ? 1 + ablations.length : 1) + played;
}

/** For the attachments of one message: figures must not depend on how busy the machine is. */
const patienceMs = 120_000;

/** Keyed with nothing: figures must not change from run to run. */
const pseudonym = createPseudonym(Buffer.alloc(32));

/** The alias an address has under the rules, or one without a pack. */
function watch(address: string, { catalogue }: ActiveRules): Alias {
  const alias = catalogue.find(address) ?? createCatalogue([], [address]).find(address);
  if (alias === null) throw new Error(`cannot watch ${address}`);
  return alias;
}
