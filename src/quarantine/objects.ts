import type { Readable } from 'node:stream';
import type { QuarantineProblem } from './quarantine-error.ts';

/** What a storage says of an object without giving its bytes. */
export type ObjectFacts = {
  readonly key: string;
  readonly sizeBytes: number;
  /** When it was written by the clock of the storage, Unix time in milliseconds; whole seconds, as HTTP tells times. */
  readonly modifiedMs: number;
};

/** The same of one object that was asked for. */
export type ObjectState = ObjectFacts & {
  /** Names this state of the object and no other (ETag). */
  readonly tag: string;
  /** When the storage answered, by the same clock. */
  readonly servedMs: number;
};

export type ObjectBody = Buffer | { readonly sizeBytes: number; readonly stream: Readable };

/** `new`: only where there is no such object; `tag`: only where it is in this state. */
export type PutCondition = 'new' | { readonly tag: string } | null;

/**
 * Objects in a bucket, all under one prefix that no key here has. Every call ends within a time of its own, and rejects
 * with an ObjectsError.
 */
export interface Objects extends Disposable {
  /** For people: `s3://bucket/prefix`. */
  readonly name: string;
  /** Gives the tag of its new state. @throws ObjectsError `busy` where the condition does not hold. */
  put(key: string, body: ObjectBody, condition: PutCondition): Promise<string>;
  head(key: string): Promise<ObjectState | null>;
  /** Null where there is none. @throws QuarantineError `damaged` for one that is larger. */
  get(key: string, maxBytes: number): Promise<Buffer | null>;
  /** The first `endBytes` bytes, or all; opened when it is first read. */
  read(key: string, endBytes?: number): Readable;
  /** All of them whose keys begin so, by name. */
  list(beginning?: string): AsyncIterable<ObjectFacts>;
  /** What is not there is removed. */
  remove(key: string): Promise<void>;
}

/** What a storage refused, or why it did not answer. */
export class ObjectsError extends Error {
  override readonly name = 'ObjectsError';
  readonly problem: QuarantineProblem;

  constructor(problem: QuarantineProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}
