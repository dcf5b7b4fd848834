import { createHash } from 'node:crypto';
import { closeSync, createReadStream, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BaselineStore, Observation, ObserveRequest } from '../../baseline/store.ts';
import {
  countedLine,
  createJournalLines,
  entryLine,
  runLine,
  trafficLine,
  type Entry,
  type JournalLines,
  type Traffic,
} from './journal-lines.ts';

/**
 * What was learned into one store, message by message, so that a run that was killed, or a second run over an archive
 * that has grown, goes on where the first one stopped. Written as it happens: it outlives the process; after a power
 * cut its last lines may be missing or ahead of the store.
 */
export type Journal = Disposable & {
  /** Entry of a message; `isCounted` when the organization's ledgers have it too. */
  readonly find: JournalLines['find'];
  readonly write: (id: string, entry: Entry) => void;
  /** The ledgers have stored everything up to here. */
  readonly counted: () => void;
  /** The store as the current message sees it: what an earlier run counted for it is not counted again. */
  readonly observing: (
    baselines: Pick<BaselineStore, 'observe'>,
    current: () => string,
  ) => Pick<BaselineStore, 'observe'>;
};

/** One journal per store. */
export function journalPath(stateDir: string, storeLocation: string): string {
  const name = createHash('sha256').update(storeLocation).digest('hex').slice(0, 16);
  return join(stateDir, 'learn', `${name}.journal`);
}

export async function openJournal(
  path: string,
  { startsAnew }: { readonly startsAnew: boolean },
): Promise<Journal> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file = openSync(path, startsAnew ? 'w' : 'a', 0o600);
  const lines = createJournalLines();
  for await (const line of createInterface({ input: createReadStream(path) })) lines.take(line);
  const append = (line: string) => {
    writeSync(file, `${line}\n`);
    lines.take(line);
  };
  writeSync(file, '\n'); // ends the half line of a run that was killed
  append(runLine);
  return {
    find: lines.find,
    write: (id, entry) => append(entryLine(id, entry)),
    counted: () => {
      if (lines.isWaiting()) append(countedLine);
    },
    observing: (baselines, current) => ({
      observe: (request) => {
        const id = current();
        const before = lines.trafficOf(id);
        const note = (traffic: Traffic) => append(trafficLine(id, traffic));
        return observeOnce(baselines, request, { before, note });
      },
    }),
    [Symbol.dispose]: () => closeSync(file),
  };
}

/**
 * Counts a message once, whenever the process ended before. What it sees is noted before it is counted: where the store
 * shows more than that by now, it was counted.
 */
async function observeOnce(
  baselines: Pick<BaselineStore, 'observe'>,
  request: ObserveRequest,
  { before, note }: { readonly before: Traffic | null; readonly note: (traffic: Traffic) => void },
): Promise<Observation> {
  const { signatureRecipients, hourMessages, traffic, dayMessages } = await baselines.observe({
    ...request,
    values: [],
    count: false,
  });
  if (before !== null && hourMessages > before.hourMessages)
    return { ...(await baselines.observe({ ...request, count: false })), ...before };
  if (before === null) note({ signatureRecipients, hourMessages, traffic, dayMessages });
  return baselines.observe(request);
}
