import { createHmac, timingSafeEqual } from 'node:crypto';
import type { LinkKeys } from './link-keys.ts';

/** All that a link can do. */
export const linkPurposes = ['release', 'report'] as const;
export type LinkPurpose = (typeof linkPurposes)[number];

/** What a link was signed for, and nothing else. */
export type LinkClaim = {
  /** Id of a held message. */
  readonly message: string;
  /** Whose copy; an address of its envelope. */
  readonly recipient: string;
  readonly purpose: LinkPurpose;
  readonly expiresAt: Date;
};

export type LinkReading =
  | { readonly ok: true; readonly claim: LinkClaim; readonly mac: string }
  | {
      readonly ok: false;
      readonly problem: 'invalid' | 'expired';
      /** Whose it was; null where it was not signed by us. */ readonly claim: LinkClaim | null;
    };

const maxTokenCharacters = 1024;

/** `version.claim.mac`, all of it safe in a path; HMAC-SHA256 over version and claim (RFC 2104). */
export function signLink(claim: LinkClaim, { current }: LinkKeys): string {
  const { message, recipient, purpose, expiresAt } = claim;
  const fields = [purpose, message, recipient, Math.floor(expiresAt.getTime() / 1000)];
  const signed = `${current.version}.${Buffer.from(JSON.stringify(fields)).toString('base64url')}`;
  return `${signed}.${macOf(signed, current.key).toString('base64url')}`;
}

/** What the link may do, if it is one of ours and not too old. */
export function readLink(token: string, { all }: LinkKeys, now: Date): LinkReading {
  const invalid = { ok: false, problem: 'invalid', claim: null } as const;
  if (token.length > maxTokenCharacters) return invalid;
  const [, version = '', fields = '', mac = ''] =
    /^(\d{1,6})\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})$/.exec(token) ?? [];
  const key = all.get(Number(version));
  if (version === '' || key === undefined) return invalid;
  const expected = macOf(`${version}.${fields}`, key);
  const given = Buffer.from(mac, 'base64url');
  // Of one MAC there is one spelling: a second one would be a second link.
  if (given.toString('base64url') !== mac || !timingSafeEqual(given, expected)) return invalid;
  const claim = claimOf(fields);
  if (claim === null) return invalid;
  return claim.expiresAt > now
    ? { ok: true, claim, mac }
    : { ok: false, problem: 'expired', claim };
}

function macOf(signed: string, key: Buffer): Buffer {
  return createHmac('sha256', key).update(`link\0${signed}`).digest();
}

/** Ours, since it was signed; null only for a format of another version. */
function claimOf(fields: string): LinkClaim | null {
  let read: unknown;
  try {
    read = JSON.parse(Buffer.from(fields, 'base64url').toString());
  } catch {
    return null;
  }
  if (!Array.isArray(read) || read.length !== 4) return null;
  const [purpose, message, recipient, expires] = read as unknown[];
  const known = linkPurposes.find((name) => name === purpose);
  if (known === undefined || typeof message !== 'string' || typeof recipient !== 'string')
    return null;
  if (typeof expires !== 'number') return null;
  return { purpose: known, message, recipient, expiresAt: new Date(expires * 1000) };
}
