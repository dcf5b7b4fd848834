import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { AuditHead } from '../../src/audit/audit-heads.ts';
import type { AuditRecord } from '../../src/audit/audit-log.ts';
import { openAudit, type AuditOptions, type OpenAuditLog } from '../../src/audit/open-audit.ts';
import { verifyAudit, type AuditReport } from '../../src/audit/verify-audit.ts';

export const address = 'ann@example.com';

export function record(changes: Partial<AuditRecord> = {}): AuditRecord {
  return {
    act: 'decision',
    actor: { kind: 'proxy', name: 'mx.example', via: 'message' },
    subject: '0mh2q7k1c4x9p0zv5t3b',
    reason: 'anomalous: quarantine',
    facts: { verdict: 'anomalous', bits: 17.25, alias: null },
    personal: { recipient1: address, subjectField: 'Your \ufffd invoice \u2028' },
    ...changes,
  };
}

export async function temporaryDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-audit-'));
  t.after(() => rm(directory, { recursive: true }));
  return directory;
}

export function open(directory: string, options: Partial<AuditOptions> = {}): OpenAuditLog {
  return openAudit({ directory, host: 'mx.example', heads: null, ...options });
}

/** Appends one record after the other, in a process of their own as it were; gives the head they leave. */
export async function appendAll(
  directory: string,
  records: readonly AuditRecord[],
  options: Partial<AuditOptions> = {},
): Promise<AuditHead> {
  await using audit = open(directory, options);
  for (const each of records) await audit.append(each);
  return audit.head()!;
}

export function numbered(count: number): readonly AuditRecord[] {
  return Array.from({ length: count }, (_, n) => record({ facts: { n } }));
}

/** Every problem as `file:line kind`, file names without the writer. */
export function problemsOf({ chains, gone }: AuditReport): readonly string[] {
  return [
    ...chains.flatMap(({ problems }) =>
      problems.map(({ file, line, kind }) => `${file.slice(-12, -6)}:${line} ${kind}`),
    ),
    ...gone.map(({ writer }) => `${writer} gone`),
  ];
}

export async function problems(
  directory: string,
  published: readonly AuditHead[] = [],
): Promise<readonly string[]> {
  return problemsOf(await verifyAudit({ directory, published }));
}
