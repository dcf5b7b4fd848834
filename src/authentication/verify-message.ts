import { arc } from 'mailauth/lib/arc/index.js';
import { DkimVerifier, type KeyCache } from 'mailauth/lib/dkim/dkim-verifier.js';
import { createDmarcCheck } from './dmarc-check.ts';
import type { VerifierReport } from './interpret.ts';
import { createPublicKeys } from './public-keys.ts';
import { asResolver, type Lookup } from './resolver.ts';
import { createSpfCheck, type Sender } from './spf-check.ts';

export type Received = Sender & {
  /** Header block with its empty line. */
  readonly block: Buffer;
  /** What follows it, in pieces. */
  readonly body: Iterable<Buffer> | AsyncIterable<Buffer>;
};

/** The checks of one message. Rejects where the body cannot be read. */
export type VerifyMessage = (received: Received, lookup: Lookup) => Promise<VerifierReport>;

const minBitLength = 1024; // RFC 8301 §3.2

/**
 * The checks of mailauth in the order in which its `authenticate` makes them, without the header fields, comments and BIMI
 * that it makes of them and nobody reads here. What follows from DNS alone is kept while the answers are in force.
 */
export function createVerifier(authservId: string): VerifyMessage {
  const keysFor = createPublicKeys();
  const checkSpf = createSpfCheck(authservId);
  const checkDmarc = createDmarcCheck();
  return async (received, lookup) => {
    const verifier = await verifySignatures(received, keysFor(lookup));
    const spf = await checkSpf(received, lookup);
    const chain = await arc(verifier.arc, { resolver: asResolver(lookup), minBitLength });
    const { report: dmarc, signatures } = await checkDmarc(verifier, spf, lookup);
    const { headerFrom, headers } = verifier;
    return { dkim: { results: signatures, headerFrom, headers }, spf, dmarc, arc: chain };
  };
}

async function verifySignatures(
  { block, body, mailFrom }: Received,
  keys: KeyCache,
): Promise<DkimVerifier> {
  const verifier = new DkimVerifier({
    sender: mailFrom,
    minBitLength,
    rejectRsaSha1: true, // RFC 8301 §3.1
  });
  verifier.keyCache = keys;
  verifier.arc.keyCache = keys;
  await verifier.emitHeaders(block);
  for await (const chunk of body) await verifier.nextChunk(chunk);
  await verifier.finalChunk();
  return verifier;
}
