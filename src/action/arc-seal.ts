import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createSeal } from 'mailauth/lib/arc/index.js';
import { admitHeader, maxHeaderBytes } from '../authentication/admission.ts';
import type { AuthenticationResults } from '../authentication/results.ts';
import type { Content } from '../smtp/content.ts';

/** Whom an ARC set is from; `privateKey` is PEM, RSA. */
export type Sealer = {
  readonly domain: string;
  readonly selector: string;
  readonly privateKey: string;
};

export type ToSeal = {
  /** Our own header fields, `Authentication-Results` among them. */
  readonly prefix: Buffer;
  /** As it will be relayed. */
  readonly content: Content;
  /** What was found in the message as it was received. */
  readonly arc: AuthenticationResults['arc'];
  readonly signTime: Date;
};

/** Why there is no ARC set, in one sentence. */
export class SealFailure extends Error {
  override readonly name = 'SealFailure';
}

/** The chain that a message came with cannot go on: it is sealed as failed, too long, or was not validated. */
const brokenChain = ['EARCCHAINFAILED', 'EINVALIDINSTANCE', 'EINVALIDCV'];

/**
 * The next ARC set (RFC 8617 §5.1): ARC-Seal, ARC-Message-Signature over the message as it is now, and
 * ARC-Authentication-Results with the results of the message as it was. Null where the chain that the message came with
 * ends for good.
 * @throws SealFailure
 */
export async function arcSet(
  { prefix, content, arc, signTime }: ToSeal,
  { domain, selector, privateKey }: Sealer,
): Promise<Buffer | null> {
  const head = await content.prefix(maxHeaderBytes);
  // The signer's time grows like the verifier's with contrived headers.
  if (admitHeader(head, content.sizeBytes <= head.length) === null)
    throw new SealFailure('the header is too large or too contrived to be signed');
  const { headers, errors, warnings } = await createSeal(
    Readable.from(paced(prefix, content), { objectMode: false }),
    {
      seal: {
        signingDomain: domain,
        selector,
        privateKey,
        algorithm: 'rsa-sha256',
        authResults: resultsIn(prefix),
        cv: arc.result,
        signTime,
      },
    },
  );
  const [error] = errors;
  if (brokenChain.includes(error?.err.code ?? '') || warnings.includes('arc-cv-instance'))
    return null;
  if (headers.length !== 3)
    throw new SealFailure(error === undefined ? 'no set was made' : error.err.message);
  return Buffer.from(`${headers.join('\r\n')}\r\n`);
}

/** Our own field as it was written, without its name. */
function resultsIn(prefix: Buffer): string {
  const field = /(?:^|\r\n)Authentication-Results: ((?:[^\r]|\r\n[ \t])*)/.exec(
    prefix.toString('latin1'),
  );
  if (field?.[1] === undefined) throw new SealFailure('there are no results to pass on');
  return field[1];
}

const chunkBytes = 65_536;

/** Hashing must not hold up other sessions. */
async function* paced(prefix: Buffer, content: Content): AsyncGenerator<Buffer> {
  yield prefix;
  for await (const received of content.stream() as AsyncIterable<Buffer>) {
    for (let at = 0; at < received.length; at += chunkBytes) {
      yield received.subarray(at, at + chunkBytes);
      await setImmediate();
    }
  }
}
