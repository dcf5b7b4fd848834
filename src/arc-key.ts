import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Settings } from './config/settings.ts';

/** What ARC sets are signed with (RFC 8617 §4.1): the public key stands at `selector._domainkey.domain`. */
export type ArcKey = {
  readonly domain: string;
  readonly selector: string;
  /** PEM. */
  readonly privateKey: string;
};

type ArcSettings = Pick<Settings, 'arcDomain' | 'arcSelector' | 'arcKeyFile'>;

/** RFC 8301 §3.2. */
const minRsaBits = 1024;

/** @throws Error in one sentence when only some of the three settings are given, or the file holds no RSA key. */
export async function loadArcKey(settings: ArcSettings): Promise<ArcKey | null> {
  const { arcDomain: domain, arcSelector: selector, arcKeyFile: file } = settings;
  if (domain === null && selector === null && file === null) return null;
  if (domain === null || selector === null || file === null)
    throw new Error('arcDomain, arcSelector and arcKeyFile belong together: give all three');
  return { domain, selector, privateKey: await readKey(file) };
}

async function readKey(file: string): Promise<string> {
  const unusable = (reason: string, cause?: unknown) =>
    new Error(`the ARC key ${file} cannot be used: ${reason}`, { cause });
  let pem: string;
  let bits: number;
  try {
    pem = await readFile(file, 'utf8');
    const key = createPrivateKey(pem);
    // RFC 8617 knows rsa-sha256 alone, and so do those that verify.
    if (key.asymmetricKeyType !== 'rsa') throw new Error('it is no RSA key');
    bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  } catch (error) {
    throw unusable((error as Error).message, error);
  }
  if (bits < minRsaBits) throw unusable(`${bits} bits are too few`);
  return pem;
}
