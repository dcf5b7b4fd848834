/** Parts of mailauth that have no types of their own, as far as they are used. */

declare module 'mailauth/lib/tools.js' {
  /** What is known of a key; the verifier takes the key itself in any form that node:crypto does. */
  export type PublicKey<Form> = {
    readonly publicKey: Form;
    readonly rr: string;
    readonly modulusLength?: number;
    readonly keyType: string;
    readonly flags: readonly string[];
    readonly testing: boolean;
    readonly warnings: readonly string[];
  };

  /** Asks for a key record, reads it and judges it (RFC 6376 §3.6.1). Rejects what may not be used. */
  export function getPublicKey(
    type: string,
    name: string,
    minBitLength: number,
    resolver: (name: string, rrtype: string) => Promise<unknown>,
    options: { readonly hashAlgo?: string },
  ): Promise<PublicKey<string>>;

  /** RFC 5890 §2.3.2.1. */
  export function toALabel(domain: string): string;

  /** A domain as it is compared. */
  export function formatDomain(domain: string): string;
}

declare module 'mailauth/lib/dkim/dkim-verifier.js' {
  import type { KeyObject } from 'node:crypto';
  import type { ARCData, DKIMResult } from 'mailauth';
  import type { PublicKey } from 'mailauth/lib/tools.js';

  /** Where the keys come from. ARC uses it too where it is given the same resolver. */
  export type KeyCache = {
    readonly resolver: unknown;
    get(
      type: string,
      name: string,
      minBitLength: number,
      options: { readonly hashAlgo?: string },
    ): Promise<PublicKey<KeyObject>>;
  };

  /** Checks the DKIM-Signature fields and the newest ARC-Message-Signature of one message. */
  export class DkimVerifier {
    constructor(options: {
      readonly sender: string;
      readonly minBitLength: number;
      readonly rejectRsaSha1: boolean;
    });
    keyCache: KeyCache;
    readonly arc: ARCData & { keyCache: KeyCache };
    readonly headers?: { readonly parsed: readonly { key: string; line: Buffer }[] };
    readonly headerFrom: string[];
    readonly fromFields: number;
    readonly results: readonly DKIMResult[];
    /** Once: the header block with its empty line. */
    emitHeaders(block: Buffer): Promise<void>;
    /** Then the body in pieces. */
    nextChunk(piece: Buffer): Promise<void>;
    finalChunk(): Promise<void>;
  }
}
