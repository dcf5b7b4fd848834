import { join } from 'node:path';
import { readAuditDirectory, type ChainFile } from './audit-files.ts';
import { readLine, type AuditLine } from './audit-line.ts';
import type { AuditAct, AuditRecord } from './audit-log.ts';
import { chainFileLines } from './chain-file-lines.ts';
import { commitmentTo } from './commitment.ts';
import { readPersonalValues, type PersonalValues } from './personal-values.ts';

/** One record as people read it. */
export type RecordedAct = Omit<AuditRecord, 'personal'> & {
  /** `WRITER:SEQUENCE`. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Null where the value was erased. */
  readonly personal: Readonly<Record<string, string | null>>;
};

/** Every condition must hold; absent ones do not restrict. */
export type AuditFilter = {
  readonly act?: AuditAct;
  /** A message, a campaign, an alias. */
  readonly subject?: string;
  /** Messages and campaigns that a record is about, as its subject or a campaign it counts to. */
  readonly about?: ReadonlySet<string>;
  /** Login name, host name or address. */
  readonly actor?: string;
  /** ISO 8601. */
  readonly since?: string;
  readonly until?: string;
};

/** What is on record, for commands and the console. Damage is passed over: `verifyAudit` is for that. */
export interface AuditReader {
  /** Newest first, at most `limit`. */
  list(filter: AuditFilter, limit: number): Promise<readonly RecordedAct[]>;
  /** Null where there is no such record. */
  find(id: string): Promise<RecordedAct | null>;
}

const valuesTimeoutMs = 2000;

export function openAuditReader(directory: string): AuditReader {
  return {
    list: async (filter, limit) => {
      const { files } = await readAuditDirectory(directory);
      using values = readPersonalValues(directory, valuesTimeoutMs);
      const chains = [...files.values()].map((chain) =>
        newestOf(directory, chain, { filter, limit, values }),
      );
      const found = (await Promise.all(chains)).flat();
      return found.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)).slice(0, limit);
    },
    find: async (id) => {
      const [writer = '', sequence = ''] = id.split(':');
      const { files } = await readAuditDirectory(directory);
      using values = readPersonalValues(directory, valuesTimeoutMs);
      for (const file of files.get(writer) ?? []) {
        for (const line of await linesOf(directory, file))
          if (String(line.sequence) === sequence) return recordedAct(line, values);
      }
      return null;
    },
  };
}

type Search = {
  readonly filter: AuditFilter;
  readonly limit: number;
  readonly values: PersonalValues | null;
};

/** From the newest file back, no further than the filter and the limit ask. */
async function newestOf(
  directory: string,
  files: readonly ChainFile[],
  { filter, limit, values }: Search,
): Promise<readonly RecordedAct[]> {
  const found: RecordedAct[] = [];
  for (const file of files.toReversed()) {
    const lines = await linesOf(directory, file);
    for (const line of lines.toReversed()) {
      if (filter.since !== undefined && line.at < filter.since) return found;
      if (!maySuit(line, filter)) continue;
      const act = recordedAct(line, values);
      if (!suits(act, filter)) continue;
      found.push(act);
      if (found.length >= limit) return found;
    }
  }
  return found;
}

/** One file is a few megabytes at most. */
async function linesOf(directory: string, { name }: ChainFile): Promise<readonly AuditLine[]> {
  const lines: AuditLine[] = [];
  for await (const read of chainFileLines(join(directory, name))) {
    const line = read.kind === 'line' ? readLine(read.bytes) : null;
    if (line !== null) lines.push(line);
  }
  return lines;
}

/** Without looking up what is kept elsewhere: what the line itself says must suit. */
function maySuit(line: AuditLine, { act, until, subject, actor, about }: AuditFilter): boolean {
  const { facts, personal } = line;
  const isKeptApart = (name: string) => Object.hasOwn(personal, name);
  return (
    (act === undefined || line.act === act) &&
    (until === undefined || line.at < until) &&
    (subject === undefined || isKeptApart('subject') || line.subject === subject) &&
    (actor === undefined || isKeptApart('actor') || isSameName(line.actor.name, actor)) &&
    (about === undefined || about.has(line.subject) || about.has(String(facts['campaign'])))
  );
}

function suits({ subject, actor }: RecordedAct, filter: AuditFilter): boolean {
  return (
    (filter.subject === undefined || subject === filter.subject) &&
    (filter.actor === undefined || isSameName(actor.name, filter.actor))
  );
}

function isSameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function recordedAct(line: AuditLine, values: PersonalValues | null): RecordedAct {
  const kept = new Map(
    (Object.keys(line.personal).length === 0 ? [] : (values?.of(line) ?? []))
      .filter((value) => commitmentTo(value) === line.personal[value.name])
      .map(({ name, value }) => [name, value]),
  );
  const { writer, sequence, at, act, actor, facts } = line;
  const personal = Object.fromEntries(
    Object.keys(line.personal).map((name) => [name, kept.get(name) ?? null]),
  );
  return {
    id: `${writer}:${sequence}`,
    at,
    act,
    actor: { ...actor, name: actor.name || (kept.get('actor') ?? '') },
    subject: line.subject || (kept.get('subject') ?? ''),
    reason: line.reason || (kept.get('reason') ?? ''),
    facts,
    personal,
  };
}
