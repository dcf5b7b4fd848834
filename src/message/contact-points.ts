import { createHash } from 'node:crypto';
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';

/** A way to reach somebody outside the message: what a callback lure needs. */
export type ContactPoint = {
  readonly kind: 'phone' | 'wallet';
  readonly value: string;
  readonly shown: string;
  /** Where it begins in the text. */
  readonly index: number;
};

const maxCandidates = 60;

/** Countries whose national notation is tried for a number without `+`, in this order. */
const nationalRegions: readonly CountryCode[] = ['US', 'GB'];

/** Words beside a number that make it a telephone number, in the languages of the lure list. */
const phoneWord =
  /(?:call|dial|phone|tel|fon|toll.?free|hotline|help\s?(?:line|desk)|support|contact|whats\s?app|text us|ring|reach|anruf\w*|rufen|telefon\w*|appele[zr]|llam[ae]\w*|ligue|ligar|chiam\w+|bel(?:len)?|zadzwo\w+)\W{0,3}(?:\w+\W{1,3}){0,5}$/i;

/** Digits with separators; letters that pass for digits (O, o, I, l) may stand among them. */
const candidate =
  /(?<![\p{L}\p{N}_#$€£-])(?:\+|\(\+?|00)?[\dOIl](?:[\s().·•⋅‑–—/_-]{0,3}[\dOIl]){6,14}(?![\p{L}\p{N}_])/gu;

/**
 * Telephone numbers and wallets in folded text, distinct, at most 60 candidates tried. Numbers are E.164 where a
 * numbering plan accepts them. A bare digit run counts only beside a word that asks for a call.
 */
export function contactPointsOf(folded: string): readonly ContactPoint[] {
  const found = new Map<string, ContactPoint>();
  let tried = 0;
  for (const match of folded.matchAll(candidate)) {
    if (++tried > maxCandidates) break;
    const { index } = match;
    const value = phoneIn(match[0], folded.slice(Math.max(0, index - 60), index));
    if (value !== null && !found.has(value))
      found.set(value, { kind: 'phone', value, shown: value, index });
  }
  for (const value of walletsOf(folded))
    found.set(value, {
      kind: 'wallet',
      value,
      shown: `${value.slice(0, 6)}…`,
      index: folded.indexOf(value),
    });
  return [...found.values()];
}

/** The number, or its first groups: "… 802 538 3069 24 hours" reads on into the next one. */
function phoneIn(written: string, before: string): string | null {
  let rest = written;
  for (let attempt = 0; attempt < 3; attempt++) {
    const value = phoneOf(rest, before);
    if (value !== null && !value.startsWith(unplanned)) return value;
    const shorter = rest.replace(/[^\dOoIl]+[\dOoIl]+$/u, '');
    if (shorter === rest || shorter.replace(/\D/g, '').length < 7) break;
    rest = shorter;
  }
  return phoneOf(written, before);
}

/** Of a number that no plan we try accepts. */
const unplanned = 'national:';

function phoneOf(written: string, before: string): string | null {
  const digits = written.replace(/[Oo]/g, '0').replace(/[Il]/g, '1');
  const realDigits = written.replace(/\D/g, '').length;
  if (realDigits < 6) return null;
  const asked = phoneWord.test(before);
  if (isDate(written)) return null;
  const international = /^\(?(\+|00)/.test(digits);
  const grouped = /\d[\s().·•⋅‑–—/_-]+\d/.test(digits);
  if (!international && !grouped && !asked) return null;
  const compact = digits.replace(/^\(?00/, '+').replace(/[^\d+]/g, '');
  if (international) return validNumber(compact);
  if (!asked && !looksNational(digits)) return null;
  for (const region of nationalRegions) {
    const number = validNumber(compact, region);
    if (number !== null) return number;
  }
  return asked && compact.length >= 8 && compact.length <= 12 ? `${unplanned}${compact}` : null;
}

/** 2024-03-06 12:15, 20240306, 1915–1920: dates, time stamps and spans of years, which some numbering plan accepts. */
function isDate(written: string): boolean {
  const match = /^[\s(]*(?:19|20)\d\d[\s./_–—-]{0,3}(\d\d?)[\s./_–—-]{0,3}(\d\d?)(?!\d{6,})/u.exec(
    written,
  );
  const isSpan = /^(?:1[5-9]|20)\d\d\W{1,3}(?:1[5-9]|20)\d\d$/u.test(written);
  return isSpan || (match !== null && Number(match[1]) <= 12 && Number(match[2]) <= 31);
}

/** Without a word beside it, only the usual groupings count: 3-3-4, (3) 3-4, 1-3-3-4, 0x… groups. */
function looksNational(written: string): boolean {
  return (
    /^(?:1[\s.·•⋅‑–—-]{1,3})?\(?\d{3}\)?[\s.·•⋅‑–—-]{1,3}\d{3}[\s.·•⋅‑–—-]{1,3}\d{4}$/u.test(
      written,
    ) || /^0[1-9]\d{1,4}[\s-]\d{3,4}[\s-]?\d{3,4}$/.test(written)
  );
}

function validNumber(compact: string, region?: CountryCode): string | null {
  const number = parsePhoneNumberFromString(compact, region);
  return number?.isValid() === true ? number.number : null;
}

/** Wallet addresses whose checksum holds (Bitcoin, Tron: base58check; Bitcoin: bech32 form; Ethereum: form only). */
function walletsOf(folded: string): readonly string[] {
  const wallets: string[] = [];
  for (const [word] of folded.matchAll(
    /(?<![\w/])(?:[13T][1-9A-HJ-NP-Za-km-z]{25,34}|bc1[02-9ac-hj-np-z]{11,71}|0x[0-9a-fA-F]{40})(?!\w)/g,
  )) {
    if (wallets.length >= 20) break;
    if (word.startsWith('bc1') || word.startsWith('0x') || hasBase58Checksum(word))
      wallets.push(word);
  }
  return wallets;
}

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

function hasBase58Checksum(word: string): boolean {
  let number = 0n;
  for (const character of word) number = number * 58n + BigInt(base58.indexOf(character));
  const bytes = Buffer.from(number.toString(16).padStart(50, '0'), 'hex');
  if (bytes.length !== 25) return false;
  const sha256 = (data: Buffer) => createHash('sha256').update(data).digest();
  return sha256(sha256(bytes.subarray(0, 21)))
    .subarray(0, 4)
    .equals(bytes.subarray(21));
}
