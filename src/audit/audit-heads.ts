import type { ChainEnd } from './audit-line.ts';

/** How far a chain had come when it was last published. */
export type AuditHead = ChainEnd & {
  readonly writer: string;
  /** ISO 8601, UTC. */
  readonly at: string;
};

/** Where heads are kept apart from the chains: whoever shortens a chain would have to rewrite this as well. */
export interface AuditHeads extends AsyncDisposable {
  /**
   * Keeps the head unless one further along the chain is kept already; gives the one that is kept then.
   * @throws when the store does not answer.
   */
  publish(head: AuditHead): Promise<AuditHead>;
  /** Of all writers of all nodes. */
  all(): Promise<readonly AuditHead[]>;
}

export type HeadsOptions = {
  /** Longest wait for an answer. */
  readonly timeoutMs: number;
  /** For those who only look: a file that is missing holds no heads, and is not made. */
  readonly readOnly?: boolean;
};

/** `sequence hash time`, as one short text. */
export function encodeHead({ sequence, hash, at }: AuditHead): string {
  return `${sequence} ${hash} ${at}`;
}

/** Null for what is no head. */
export function decodeHead(writer: string, text: string): AuditHead | null {
  const [, sequence, hash, at] = /^(\d{1,15}) ([0-9a-f]{64}) (\S{1,40})$/.exec(text) ?? [];
  return sequence === undefined || hash === undefined || at === undefined
    ? null
    : { writer, sequence: Number(sequence), hash, at };
}
