import { z } from 'zod';

const answerSchema = z.looseObject({ action: z.string() });
const timeoutMs = 30_000;
const atOnce = 8;
const passing = new Set(['no action', 'greylist']);

/** Where rspamd's normal worker listens as it is shipped. */
export const rspamdUrl = 'http://127.0.0.1:11333/checkv2';

/**
 * Verdicts of a running rspamd, in the order of the messages; true where it would do more than pass or greylist.
 * @throws where nothing listens at `rspamdUrl`, or something else does.
 */
export async function askRspamd(messages: readonly Buffer[]): Promise<readonly boolean[]> {
  const verdicts: boolean[] = [];
  for (let next = 0; next < messages.length; next += atOnce)
    verdicts.push(...(await Promise.all(messages.slice(next, next + atOnce).map(ask))));
  return verdicts;
}

async function ask(message: Buffer): Promise<boolean> {
  const response = await fetch(rspamdUrl, {
    method: 'POST',
    body: new Uint8Array(message),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const { action } = answerSchema.parse(await response.json());
  return !passing.has(action);
}
