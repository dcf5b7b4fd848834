/** Result words of RFC 8601 §2.7. */
export type ResultWord =
  'none' | 'neutral' | 'pass' | 'fail' | 'softfail' | 'policy' | 'temperror' | 'permerror';

/** One DKIM signature, verified or not, with the facts the features need. */
export type DkimSignature = {
  readonly result: ResultWord;
  /** `d=`, lower case. */
  readonly domain: string;
  readonly selector: string;
  /** Whether `d=` is aligned with the From address, by DMARC's mode where it has one; false without a sole author. */
  readonly aligned: boolean;
  /** `t=` in epoch seconds, or null. */
  readonly signedAtSeconds: number | null;
  /** `x=` in epoch seconds, or null. */
  readonly expiresAtSeconds: number | null;
  /** False where `l=` leaves part of the body unsigned. */
  readonly coversWholeBody: boolean;
  /** Names in `h=`, lower case, with repetitions. */
  readonly signedFields: readonly string[];
  /** First 64 bits of SHA-256 over `b=` without white space, base64url. Same signature, same value. */
  readonly signatureHash: string;
};

export type AuthenticationResults = {
  readonly spf: {
    readonly result: ResultWord;
    /** Domain checked: MAIL FROM or HELO. */ readonly domain: string;
  };
  readonly dkim: readonly DkimSignature[];
  readonly dmarc: {
    readonly result: ResultWord;
    /** Published policy. */ readonly policy: string;
    readonly domain: string;
  };
  readonly arc: { readonly result: ResultWord };
  /** `Authentication-Results` field body without our authserv-id, RFC 8601 §2.2 (`spf=pass …; dkim=pass …`). */
  readonly resinfo: string;
};

/** What is known when authentication could not run at all. */
export const unauthenticated: AuthenticationResults = {
  spf: { result: 'temperror', domain: '' },
  dkim: [],
  dmarc: { result: 'temperror', policy: '', domain: '' },
  arc: { result: 'none' },
  resinfo: 'none',
};
