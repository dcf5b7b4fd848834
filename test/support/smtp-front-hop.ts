import { startFrontHop, type FrontHop, type FrontHopOptions } from '../../src/smtp/front-hop.ts';
import type { Handle } from '../../src/smtp/client-session.ts';
import { defaultTimeouts, type HostAndPort } from '../../src/smtp/next-hop-settings.ts';

const noName = (): Promise<string[]> => Promise.reject(new Error('ENOTFOUND'));

/** A resolver that knows nothing, at once. */
export const emptyResolver = { reverse: noName, resolve4: noName, resolve6: noName };

/** Field that stands for what the pipeline puts on top. */
export const testPrefix = Buffer.from('X-Prefix: ours\r\n');

export const deliverWithPrefix: Handle = ({ content }, nextHop) =>
  nextHop.deliver(testPrefix, content);

export type TestFrontHop = FrontHop & { readonly errors: Error[] };

export async function startTestFrontHop(
  nextHop: HostAndPort,
  handle: Handle = deliverWithPrefix,
  overrides: Partial<FrontHopOptions> = {},
): Promise<TestFrontHop> {
  const errors: Error[] = [];
  const frontHop = await startFrontHop(
    {
      listen: { host: '127.0.0.1', port: 0 },
      nextHop,
      hostname: 'front.test',
      maxMessageBytes: 10_000_000,
      maxRecipients: 100,
      maxSessions: 50,
      timeouts: defaultTimeouts,
      bareLineEndings: 'reject',
      drainMs: 5_000,
      resolver: emptyResolver,
      onError: (error) => errors.push(error),
      ...overrides,
    },
    handle,
  );
  return { ...frontHop, errors };
}
