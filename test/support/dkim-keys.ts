import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { dkimSign } from 'mailauth';

/** A signing key and its public record (RFC 6376 §3.6.1). */
export type DkimKey = { readonly privateKey: string; readonly record: string };

/** Made once per process: an RSA key takes a tenth of a second. */
export const rsaKey: DkimKey = generateRsaKey(2048);
export const ed25519Key: DkimKey = generateEd25519Key();

export function generateRsaKey(modulusLength: number): DkimKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength });
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    record: `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`,
  };
}

function generateEd25519Key(): DkimKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  // RFC 8463 §4 publishes the bare 32 bytes.
  const bare = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    record: `v=DKIM1; k=ed25519; p=${bare.toString('base64')}`,
  };
}

export type SignOptions = {
  readonly domain: string;
  readonly selector: string;
  readonly key?: DkimKey;
  readonly algorithm?: string;
  readonly headerList?: string;
  readonly signTime?: Date;
  readonly expires?: Date;
  /** `l=`. */
  readonly maxBodyLength?: number;
};

/** The message with a DKIM-Signature field on top. */
export async function signMessage(message: string, options: SignOptions): Promise<string> {
  const { domain, selector, key = rsaKey, ...optional } = options;
  const signature = { signingDomain: domain, selector, privateKey: key.privateKey, ...optional };
  const { signatures, errors } = await dkimSign(message, {
    ...signature,
    signatureData: [signature],
  });
  if (errors.length > 0) throw new Error(`cannot sign: ${JSON.stringify(errors)}`);
  return signatures + message;
}

/**
 * A signature that no signer would make: d=, s= and h= go in as they are. RFC 6376 §3.4 relaxed/relaxed for messages
 * that are in canonical form already: no folds, no runs of spaces, one final line break.
 */
export function signVerbatim(
  message: string,
  options: SignOptions & { readonly headerList: string },
): string {
  const { domain, selector, headerList, key = rsaKey } = options;
  const [header = '', ...body] = message.split('\r\n\r\n');
  const unused = header
    .split('\r\n')
    .map((line) => line.replace(/^([^:]+): */, (_, name: string) => `${name.toLowerCase()}:`));
  const signedLines = headerList.split(':').map((name) => {
    const at = unused.findLastIndex((line) => line.startsWith(`${name.toLowerCase()}:`));
    return at < 0 ? '' : `${unused.splice(at, 1).join('')}\r\n`;
  });
  const bodyHash = createHash('sha256').update(body.join('\r\n\r\n'), 'latin1').digest('base64');
  const tags = `v=1; a=rsa-sha256; c=relaxed/relaxed; d=${domain}; s=${selector}; h=${headerList}; bh=${bodyHash}; b=`;
  const signature = sign(
    'sha256',
    Buffer.from(`${signedLines.join('')}dkim-signature:${tags}`, 'latin1'),
    key.privateKey,
  );
  return `DKIM-Signature: ${tags}${signature.toString('base64')}\r\n${message}`;
}
