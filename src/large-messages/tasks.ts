import type { MessagePort } from 'node:worker_threads';
import type { AuthenticationResults } from '../authentication/results.ts';
import type { DnsRecord } from '../authentication/resolver.ts';
import type { Body } from '../message/message.ts';
import type { Transaction } from '../smtp/transaction.ts';

/** What the thread is asked to do, and the port on which all that belongs to it is said; whoever closes it gives it up. */
export type Task = (AuthenticateTask | ReadBodyTask) & { readonly port: MessagePort };

export type AuthenticateTask = {
  readonly kind: 'authenticate';
  readonly transaction: Omit<Transaction, 'content'>;
  readonly sizeBytes: number;
  /** What the message begins with. */
  readonly head: Uint8Array<ArrayBuffer>;
  /** The open file that is the whole; null: it comes in pieces when it is asked for. */
  readonly descriptor: number | null;
  readonly authservId: string;
};

export type ReadBodyTask = { readonly kind: 'read-body'; readonly bytes: Uint8Array<ArrayBuffer> };

/** What the thread says on the port of a task. */
export type FromTask =
  | { readonly kind: 'more' }
  | {
      readonly kind: 'question';
      readonly id: number;
      readonly name: string;
      readonly rrtype: string;
    }
  | { readonly kind: 'authenticated'; readonly results: AuthenticationResults }
  | { readonly kind: 'body'; readonly body: Body }
  | { readonly kind: 'failed'; readonly error: unknown; readonly isTooLarge: boolean };

/** What it hears there: a piece for each `more`, null after the last one, and an answer to each question. */
export type ToTask =
  | { readonly kind: 'piece'; readonly bytes: Uint8Array<ArrayBuffer> | null }
  | { readonly kind: 'answer'; readonly id: number; readonly records: readonly DnsRecord[] }
  | {
      readonly kind: 'no-answer';
      readonly id: number;
      readonly code: string;
      readonly name: string;
    };
