import { createHash, createHmac, hkdfSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';

export type SealingKey = {
  /** Eight bytes that name the key without telling anything of it. */
  readonly id: Buffer;
  /** 32 bytes. */
  readonly key: Buffer;
};

/** The keys of a key file: the first one encrypts, all of them decrypt, so that keys can be replaced. */
export type KeyRing = {
  readonly current: SealingKey;
  readonly all: readonly SealingKey[];
  readonly find: (id: Buffer) => SealingKey | null;
};

const keyBytes = 32;
const mostKeys = 20;

/**
 * One key a line, 32 bytes as 64 hexadecimal digits or in base64; empty lines and lines with `#` are left out.
 * @throws Error in one sentence, which names no key.
 */
export async function readKeyFile(path: string): Promise<KeyRing> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the key file of the quarantine cannot be read: ${reason}`, { cause: error });
  });
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#')).map(decodeKey);
  const good = keys.filter((key) => key !== null);
  if (good.length === 0 || good.length < keys.length || good.length > mostKeys)
    throw new Error(
      `${path} is no key file of the quarantine: write one key a line, 32 bytes in hexadecimal or base64, as \`openssl rand -hex 32\` makes them`,
    );
  return keyRing(good);
}

/** @throws RangeError for no key at all. */
export function keyRing(keys: readonly Buffer[]): KeyRing {
  const all = keys.map((key) => ({ key, id: idOf(key) }));
  const [current] = all;
  if (current === undefined) throw new RangeError('a key ring has at least one key');
  return {
    current,
    all,
    find: (id) => all.find((candidate) => candidate.id.equals(id)) ?? null,
  };
}

/** A name for content that tells nobody without the key what it is; without a key, its hash. */
export function addressOf(sha256: Buffer, ring: KeyRing | null): string {
  if (ring === null) return sha256.toString('hex');
  const key = subkey(ring.current, 'aliaswatch quarantine address');
  return createHmac('sha256', key).update(sha256).digest('hex');
}

/** A key for one purpose, from which the others do not follow. */
export function subkey({ key }: SealingKey, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), purpose, keyBytes));
}

function decodeKey(line: string): Buffer | null {
  if (/^[0-9a-f]{64}$/i.test(line)) return Buffer.from(line, 'hex');
  const key = /^[A-Za-z0-9+/]{43}=?$/.test(line) ? Buffer.from(line, 'base64') : null;
  return key?.length === keyBytes ? key : null;
}

function idOf(key: Buffer): Buffer {
  return createHash('sha256')
    .update('aliaswatch quarantine key id')
    .update(key)
    .digest()
    .subarray(0, 8);
}
