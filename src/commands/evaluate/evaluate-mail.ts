import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCatalogue } from '../../alias/catalogue.ts';
import type { Alias } from '../../alias/alias.ts';
import { splitMbox } from '../../archive/mbox.ts';
import { openStore } from '../../baseline/open-store.ts';
import { defaultStoreLimits } from '../../baseline/store.ts';
import type { ActiveRules } from '../../dependencies.ts';
import { createPseudonym } from '../../features/hash.ts';
import { readHeader } from '../../message/header.ts';
import { mislabelledClass, scoreAbuse, type AbuseResult } from './abuse.ts';
import { readLures } from './lures.ts';
import { createScorer } from './scorer.ts';
import { replayStream, type Stream, type StreamResult } from './streams.ts';

export type EvaluationInput = {
  /** Folder of mbox files, one alias each. */
  readonly streams: string;
  /** Folder with `labels.jsonl`, or null. */
  readonly abuse: string | null;
  /** JSON lines of lures, or null. */
  readonly lures: string | null;
  /** Watch every alias of the streams, with or without a pack. */
  readonly watchAll: boolean;
  readonly rules: ActiveRules;
  /** Called once before the replay and once per message. */
  readonly onStart: (messages: number) => void;
  readonly onMessage: () => void;
};

export type Evaluation = {
  readonly streams: readonly StreamResult[];
  readonly abuse: readonly AbuseResult[];
  readonly mislabelled: readonly AbuseResult[];
};

/** Measures detection on real mail, in arrival order, each stream against its own history only. Same data, same figures. */
export async function evaluateMail(input: EvaluationInput): Promise<Evaluation> {
  const watched = (address: string) => watch(address, input);
  const streams = await readStreams(input.streams, (address) =>
    input.watchAll ? watched(address) : input.rules.catalogue.find(address),
  );
  const bank = input.lures === null ? null : await readLures(input.lures);
  const pseudonym = createPseudonym(Buffer.alloc(32));
  input.onStart(streams.reduce((sum, { messages }) => sum + messages.length, 0));
  const results: StreamResult[] = [];
  for (const stream of streams) {
    await using store = await openStore('sqlite::memory:', {
      limits: defaultStoreLimits,
      timeoutMs: 1000,
    });
    const score = createScorer({ rules: input.rules, store, pseudonym });
    results.push(
      await replayStream(stream, { store, score, scoreCold: null, bank, report: input.onMessage }),
    );
  }
  const abuse =
    input.abuse === null
      ? []
      : await scoreAbuseCold(input.abuse, { rules: input.rules, aliasOf: watched, pseudonym });
  return {
    streams: results,
    abuse: abuse.filter((result) => result.class !== mislabelledClass),
    mislabelled: abuse.filter((result) => result.class === mislabelledClass),
  };
}

async function scoreAbuseCold(
  folder: string,
  {
    rules,
    aliasOf,
    pseudonym,
  }: {
    readonly rules: ActiveRules;
    readonly aliasOf: (address: string) => Alias;
    readonly pseudonym: ReturnType<typeof createPseudonym>;
  },
): Promise<readonly AbuseResult[]> {
  await using store = await openStore('sqlite::memory:', {
    limits: defaultStoreLimits,
    timeoutMs: 1000,
  });
  return await scoreAbuse(join(folder, 'labels.jsonl'), {
    aliasOf,
    score: createScorer({ rules, store, pseudonym }),
  });
}

/** The alias an address has under the rules, or one without a pack. */
function watch(address: string, { rules }: EvaluationInput): Alias {
  const alias = rules.catalogue.find(address) ?? createCatalogue([], [address]).find(address);
  if (alias === null) throw new Error(`cannot watch ${address}`);
  return alias;
}

async function readStreams(
  folder: string,
  aliasOf: (address: string) => Alias | null,
): Promise<readonly Stream[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.mbox')).sort();
  const streams: Stream[] = [];
  for (const name of names) {
    const messages = [...splitMbox(await readFile(join(folder, name)), name)];
    const address = commonFrom(
      messages.map(({ bytes }) => readHeader(bytes.subarray(0, 65_536)).from[0]?.address ?? ''),
    );
    const alias = aliasOf(address);
    if (alias)
      streams.push({
        address,
        alias,
        messages: messages.toSorted(
          (a, b) => (a.arrivedAt?.getTime() ?? 0) - (b.arrivedAt?.getTime() ?? 0),
        ),
      });
  }
  return streams;
}

function commonFrom(addresses: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const address of addresses) counts.set(address, (counts.get(address) ?? 0) + 1);
  return [...counts].sort(([, left], [, right]) => right - left)[0]?.[0] ?? '';
}
