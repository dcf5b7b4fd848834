import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFrontHop, type FrontHop, type FrontHopOptions } from '../../src/smtp/front-hop.ts';
import type { Handle } from '../../src/smtp/client-session.ts';
import { defaultSmtpLimits, type DuplicateCause, type LimitReason } from '../../src/smtp/limits.ts';
import { defaultTimeouts, plainRoute, type HostAndPort } from '../../src/smtp/next-hop-settings.ts';
import { defaultSpoolSizes } from '../../src/smtp/spool.ts';

const noName = (): Promise<string[]> => Promise.reject(new Error('ENOTFOUND'));

/** A resolver that knows nothing, at once. */
export const emptyResolver = { reverse: noName, resolve4: noName, resolve6: noName };

/** Field that stands for what the pipeline puts on top. */
export const testPrefix = Buffer.from('X-Prefix: ours\r\n');

export const deliverWithPrefix: Handle = ({ content }, nextHop) =>
  nextHop.deliver(testPrefix, content);

export type TestFrontHop = FrontHop & {
  readonly errors: Error[];
  readonly refusals: LimitReason[];
  readonly duplicateRisks: DuplicateCause[];
  /** `stage outcome`. */
  readonly nextHopSteps: string[];
};

export async function startTestFrontHop(
  nextHop: HostAndPort,
  handle: Handle = deliverWithPrefix,
  overrides: Partial<FrontHopOptions> = {},
): Promise<TestFrontHop> {
  const errors: Error[] = [];
  const refusals: LimitReason[] = [];
  const duplicateRisks: DuplicateCause[] = [];
  const nextHopSteps: string[] = [];
  const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-spool-'));
  const frontHop = await startFrontHop(
    {
      listen: { host: '127.0.0.1', port: 0 },
      route: plainRoute(nextHop, 'front.test'),
      certificate: null,
      proxyPeers: [],
      xclientPeers: [],
      maxMessageBytes: 10_000_000,
      maxRecipients: 100,
      maxSessions: 50,
      timeouts: defaultTimeouts,
      limits: defaultSmtpLimits,
      spool: { ...defaultSpoolSizes, directory },
      bareLineEndings: 'reject',
      drainMs: 5_000,
      resolver: emptyResolver,
      onError: (error) => errors.push(error),
      onRefused: (reason) => refusals.push(reason),
      onDuplicateRisk: (cause) => duplicateRisks.push(cause),
      onNextHop: (stage, outcome) => nextHopSteps.push(`${stage} ${outcome}`),
      ...overrides,
    },
    handle,
  );
  return {
    ...frontHop,
    errors,
    refusals,
    duplicateRisks,
    nextHopSteps,
    [Symbol.asyncDispose]: async () => {
      await frontHop[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
