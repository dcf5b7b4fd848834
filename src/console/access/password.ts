import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** Cost of a hash: about 32 MB and a tenth of a second (OWASP password storage cheat sheet, scrypt). */
type Cost = { readonly n: number; readonly r: number; readonly p: number };

const usualCost: Cost = { n: 32_768, r: 8, p: 3 };
const saltBytes = 16;
const keyBytes = 32;
/** A hash from a file may cost more than ours, but not the machine. */
const maxMemoryBytes = 256 * 1024 * 1024;

export const shortestPassword = 12;
const longestPassword = 1024;

const form =
  /^scrypt:n=(\d{1,7}),r=(\d{1,2}),p=(\d{1,2}):([A-Za-z0-9_-]{22,86}):([A-Za-z0-9_-]{43})$/;

/** Why this is no password to choose, as a sentence, or null. */
export function passwordFault(password: string): string | null {
  const length = Array.from(password).length;
  if (length < shortestPassword) return `a password has at least ${shortestPassword} characters`;
  if (length > longestPassword) return `a password has at most ${longestPassword} characters`;
  return null;
}

/** `scrypt:n=…,r=…,p=…:SALT:HASH` (RFC 7914). */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const key = await derive(password, salt, usualCost);
  const { n, r, p } = usualCost;
  return `scrypt:n=${n},r=${r},p=${p}:${salt.toString('base64url')}:${key.toString('base64url')}`;
}

/** Whether `hash` can be verified at all, at a cost that we are willing to pay. */
export function isPasswordHash(hash: string): boolean {
  return parse(hash) !== null;
}

/**
 * Whether the password is the one that was hashed. A null hash, for a name that nobody has, takes as long and says no, so
 * that names cannot be told by time.
 */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const parsed = hash === null ? null : parse(hash);
  const { salt, key, cost } = parsed ?? nobody;
  const derived = await derive(password.slice(0, longestPassword), salt, cost);
  return timingSafeEqual(derived, key) && parsed !== null;
}

const nobody = { salt: randomBytes(saltBytes), key: randomBytes(keyBytes), cost: usualCost };

function parse(hash: string) {
  const [, n, r, p, salt = '', key = ''] = form.exec(hash) ?? [];
  const cost = { n: Number(n), r: Number(r), p: Number(p) };
  const isPowerOfTwo = Number.isInteger(Math.log2(cost.n));
  if (!isPowerOfTwo || cost.n < 2 || cost.r < 1 || cost.p < 1) return null;
  if (memoryOf(cost) > maxMemoryBytes || cost.p > 16) return null;
  return { salt: Buffer.from(salt, 'base64url'), key: Buffer.from(key, 'base64url'), cost };
}

function memoryOf({ n, r, p }: Cost): number {
  return 128 * r * (n + p + 2);
}

/** Composed (NFC), so that the same password typed on another keyboard is the same bytes. */
function derive(password: string, salt: Buffer, { n, r, p }: Cost): Promise<Buffer> {
  const options = { N: n, r, p, maxmem: memoryOf({ n, r, p }) * 2 };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, keyBytes, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
