import { setTimeout as delay } from 'node:timers/promises';
import { createRandom, type Random } from '../../src/commands/demo/random.ts';
import type { Fault } from './fault-list.ts';
import { composeMail } from './mail.ts';
import type { LedgerSummary } from './ledger.ts';
import { sendUntilDone } from './sender.ts';
import { startSurroundings, type Surroundings } from './surroundings.ts';

export type FaultRun = {
  readonly ledger: LedgerSummary;
  /** How often each fault struck. */
  readonly faults: ReadonlyMap<string, number>;
  /** Faults that could not strike here, each with the reason. */
  readonly leftOut: ReadonlyMap<string, string>;
  readonly kills: number;
  readonly starts: number;
};

export type FaultRunOptions = {
  readonly messages: number;
  readonly clients: number;
  readonly seed: number;
  /** Struck one after the other, each of them before any strikes again. */
  readonly faults: readonly Fault[];
  /** How often each fault strikes at most; all strike once, however soon the messages are done. */
  readonly rounds: number;
  /** Quiet time between two faults, up to twice as long. */
  readonly quietMs: number;
  /** Called now and then with the number of messages that are done. */
  readonly onProgress?: (done: number) => void;
};

/**
 * Sends messages from several clients while faults strike one after the other, each of them before any strikes twice,
 * and then counts every copy.
 */
export async function runFaults(options: FaultRunOptions): Promise<FaultRun> {
  const { messages, clients, seed, onProgress } = options;
  await using site = await startSurroundings();
  const random = createRandom(seed);
  const ending = new AbortController();
  const leftOut = obstaclesTo(options.faults, site);
  const able = options.faults.filter(({ name }) => !leftOut.has(name));
  const striking = strike(site, random, { ...options, faults: able, signal: ending.signal });
  let [next, done] = [0, 0];
  const client = async (): Promise<void> => {
    while (next < messages || !striking.isRoundComplete()) {
      const message = `m${++next}`;
      const sending = { to: site.gateway.address, ledger: site.ledger, random, leaving: 0.05 };
      await sendUntilDone(message, composeMail(random), sending);
      if (++done % 500 === 0) onProgress?.(done);
    }
  };
  try {
    await Promise.race([
      Promise.all(Array.from({ length: clients }, client)),
      striking.ended.then(() => new Promise<never>(() => undefined)), // fails the run when a fault cannot strike
    ]);
  } finally {
    ending.abort();
  }
  const faults = await striking.ended;
  await site.gateway.stop();
  await site.nextHop.close();
  await site.ledger.countHeld(site.quarantineDirectory);
  const { kills, starts } = site.gateway;
  return { ledger: site.ledger.summary(), faults, leftOut, kills, starts };
}

function obstaclesTo(faults: readonly Fault[], site: Surroundings): ReadonlyMap<string, string> {
  return new Map(
    faults.flatMap(({ name, obstacle }): [string, string][] => {
      const reason = obstacle?.(site) ?? null;
      return reason === null ? [] : [[name, reason]];
    }),
  );
}

type Striking = {
  /** Whether every fault has struck. */
  readonly isRoundComplete: () => boolean;
  readonly ended: Promise<ReadonlyMap<string, number>>;
};

type StrikeOptions = Pick<FaultRunOptions, 'faults' | 'rounds' | 'quietMs'> & {
  readonly signal: AbortSignal;
};

/** Until aborted; the fault that is at work then is mended first. */
function strike(site: Surroundings, random: Random, options: StrikeOptions): Striking {
  const { faults, rounds, quietMs, signal } = options;
  const struck = new Map<string, number>();
  const goOn = async (): Promise<ReadonlyMap<string, number>> => {
    const pending: Fault[] = [];
    for (let round = 0; !signal.aborted;) {
      if (pending.length === 0 && round++ < rounds) pending.push(...shuffle(faults, random));
      const fault = pending.pop();
      if (fault === undefined) break;
      await fault.strike(site, random);
      struck.set(fault.name, (struck.get(fault.name) ?? 0) + 1);
      await delay(quietMs + random.below(quietMs));
    }
    return struck;
  };
  return { isRoundComplete: () => struck.size === faults.length, ended: goOn() };
}

function shuffle<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map((item) => ({ item, order: random.below(1_000_000) }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
