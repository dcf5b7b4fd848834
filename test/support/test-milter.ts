import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MilterOutcome } from '../../src/milter/judge-message.ts';
import type { MilterFault } from '../../src/milter/milter-fault.ts';
import {
  defaultMilterTimeouts,
  startMilterListener,
  type MilterListener,
  type MilterListenerOptions,
} from '../../src/milter/milter-listener.ts';
import { defaultSmtpLimits, type LimitReason } from '../../src/smtp/limits.ts';
import { defaultSpoolSizes, Spool } from '../../src/smtp/spool.ts';
import type { Handle } from '../../src/smtp/client-session.ts';
import type { Transaction } from '../../src/smtp/transaction.ts';

/** A transaction, and the bytes that came with it. */
export type SeenMessage = { readonly transaction: Transaction; readonly bytes: Buffer };

export type TestMilter = MilterListener & {
  readonly seen: SeenMessage[];
  readonly errors: Error[];
  readonly faults: MilterFault[];
  readonly refusals: LimitReason[];
  readonly outcomes: MilterOutcome[];
  readonly sessions: () => number;
  readonly spool: Spool;
};

const prefix = Buffer.from('X-First: one\r\nX-Second: two\r\n folded\r\n');

/** Takes every message with two fields on top. */
export const takeWithPrefix: Handle = ({ content }, nextHop) => nextHop.deliver(prefix, content);

export async function startTestMilter(
  handle: Handle = takeWithPrefix,
  overrides: Partial<MilterListenerOptions> = {},
): Promise<TestMilter> {
  await using opened = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-milter-'));
  opened.defer(() => rm(directory, { recursive: true, force: true }));
  const spool = await Spool.open({ ...defaultSpoolSizes, directory });
  const seen: SeenMessage[] = [];
  const errors: Error[] = [];
  const faults: MilterFault[] = [];
  const refusals: LimitReason[] = [];
  const outcomes: MilterOutcome[] = [];
  let sessions = 0;
  const listener = await startMilterListener({
    listen: { host: '127.0.0.1', port: 0 },
    maxSessions: 20,
    maxMessageBytes: 10_000_000,
    maxRecipients: 100,
    limits: { ...defaultSmtpLimits, hostname: 'milter.test' },
    authservId: 'milter.test',
    spool,
    timeouts: defaultMilterTimeouts,
    drainMs: 5000,
    now: () => new Date('2026-11-22T08:00:00Z'),
    handle: async (transaction, nextHop) => {
      const bytes = await transaction.content.prefix(transaction.content.sizeBytes);
      seen.push({ transaction, bytes: Buffer.from(bytes) });
      return handle(transaction, nextHop);
    },
    onError: (error) => errors.push(error),
    onFault: (fault) => faults.push(fault),
    onRefused: (reason) => refusals.push(reason),
    onOutcome: (outcome) => outcomes.push(outcome),
    onSessions: (count) => (sessions = count),
    ...overrides,
  });
  const milter = opened.use(listener);
  const owned = opened.move();
  return {
    ...milter,
    ...{ seen, errors, faults, refusals, outcomes, spool },
    sessions: () => sessions,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
