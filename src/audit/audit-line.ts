import { createHash } from 'node:crypto';
import type { AuditRecord } from './audit-log.ts';

/** Bytes of a file that were never acknowledged: a process died while it wrote them. */
export type TornEnd = {
  readonly file: string;
  readonly bytes: number;
  /** Of those bytes, so that they cannot be changed later either. */
  readonly sha256: string;
};

/**
 * What one line says, before it has its place in the chain: a record with the time it was made (ISO 8601, UTC). `personal`
 * are commitments to values that are kept elsewhere.
 */
export type AuditEntry = AuditRecord & { readonly at: string };

/** Where a chain stands: its last line. */
export type ChainEnd = { readonly sequence: number; readonly hash: string };

export type AuditLine = AuditEntry & {
  readonly writer: string;
  /** From 1, without gaps. */
  readonly sequence: number;
  /** Hash of the line before, 64 zeros for the first. */
  readonly previous: string;
  /** What the first line after a crash says of what the crash left behind. */
  readonly torn: readonly TornEnd[];
  readonly hash: string;
};

export const chainStart: ChainEnd = { sequence: 0, hash: '0'.repeat(64) };

/** More than any record comes to (`bounded-record.ts`). */
export const maxLineBytes = 1024 * 1024;

const hashField = /^,"hash":"([0-9a-f]{64})"\}$/;
const hashFieldBytes = 75;

export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** One line, without its line feed. The hash is that of the exact text before it, which holds the hash before it. */
export function renderLine(
  entry: AuditEntry,
  { writer, end, torn }: { writer: string; end: ChainEnd; torn: readonly TornEnd[] },
): { readonly text: string; readonly end: ChainEnd } {
  const { at, act, actor, subject, reason, facts, personal } = entry;
  const sequence = end.sequence + 1;
  const body = JSON.stringify({
    sequence,
    writer,
    at,
    previous: end.hash,
    ...(torn.length > 0 ? { torn } : {}),
    act,
    actor: { kind: actor.kind, name: actor.name, via: actor.via },
    subject,
    reason,
    facts,
    personal,
  });
  const hash = sha256(body);
  return { text: `${body.slice(0, -1)},"hash":"${hash}"}`, end: { sequence, hash } };
}

/**
 * Null where the bytes are not what their own hash says: this very line was changed, or never was one. Bytes, because
 * text would read alike for different ones that are no UTF-8.
 */
export function readLine(bytes: Buffer): AuditLine | null {
  const field = bytes.subarray(-hashFieldBytes).toString('latin1');
  const hash = hashField.exec(field)?.[1];
  if (hash === undefined) return null;
  const body = createHash('sha256').update(bytes.subarray(0, -hashFieldBytes)).update('}');
  if (body.digest('hex') !== hash) return null;
  try {
    // Whoever can make a hash fit can write any line: what it says is believed, that it is there is what is proven.
    const line = JSON.parse(bytes.toString()) as AuditLine;
    return { ...line, torn: (line as Partial<AuditLine>).torn ?? [] };
  } catch {
    return null;
  }
}
