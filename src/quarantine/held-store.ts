import type { Content } from '../smtp/content.ts';
import type { KeyRing } from './key-ring.ts';

/** How the received bytes of a message were kept. */
export type KeptBody = {
  /** What the bytes are, in 64 hexadecimal digits; with a key it tells nothing of them to others. */
  readonly address: string;
  readonly isSealed: boolean;
};

/** An entry as a listing of the store finds it; its name may be no id. */
export type StoredEntry = {
  readonly id: string;
  /** As `HeldStore.version`. */
  readonly version: () => Promise<number | null>;
  /** Why its message cannot be read, or null. */
  readonly bodyFault: () => Promise<string | null>;
};

/** Which state of a description a write takes the place of; null where the store cannot tell states apart. */
export type StateTag = string | null;

/**
 * Where held mail is kept: of each message the received bytes and a description, and the description alone makes an
 * entry exist. Each change resolves only once it lasts, and may be repeated. Rejects with whatever the disk or the
 * network says.
 */
export interface HeldStore {
  /** Names the place, whoever opens it: an index tells by it whose bytes are where. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  writeBody(
    id: string,
    what: { readonly content: Content; readonly ring: KeyRing | null },
  ): Promise<KeptBody>;
  openBody(
    id: string,
    how: { readonly isSealed: boolean; readonly ring: KeyRing | null },
  ): Promise<Content>;
  /** After the description is gone. */
  removeBody(id: string, address: string | null): Promise<void>;
  /** Whether, after `createDescription` rejected with this, there is certainly no description and will be none. */
  isRefusal(id: string, error: unknown): Promise<boolean>;
  /** Null where there is none. @throws QuarantineError `damaged` for one that is larger than `maxBytes`. */
  readDescription(id: string, maxBytes: number): Promise<Buffer | null>;
  /** One that is there already may stay. */
  createDescription(id: string, bytes: Buffer): Promise<void>;
  /** Gives its state from then on. @throws QuarantineError `busy` where it is no longer in the state of the tag. */
  replaceDescription(id: string, bytes: Buffer, tag: StateTag): Promise<StateTag>;
  removeDescription(id: string): Promise<void>;
  tagOf(id: string): Promise<StateTag>;
  /** What was written before lasts from now on, whoever wrote it. */
  settle(): Promise<void>;
  /** When the description was last written, Unix time in milliseconds; each one has its own. Null where there is none. */
  version(id: string): Promise<number | null>;
  /** In no order. */
  entries(): AsyncIterable<StoredEntry>;
  /** Removes what killed processes left behind: none of it was acknowledged, or it was purged. */
  sweepLeftovers(): Promise<void>;
  /** What all of it takes, in bytes. */
  measure(): Promise<number>;
}
