import { content as ruleSets } from '../activation/sqlite-rule-sets.ts';
import { content as personalValues } from '../audit/personal-values.ts';
import { content as auditHeads } from '../audit/sqlite-heads.ts';
import type { SqliteContent } from '../sqlite/sqlite-file.ts';
import { content as baselines } from '../baseline/sqlite-store.ts';
import { content as access } from '../console/access/access-file.ts';
import { content as live } from '../live/sqlite-live-store.ts';
import { content as notices } from '../notices/notices-file.ts';
import { content as ledgers } from '../organization/sqlite-ledgers.ts';
import { content as quarantineIndex } from '../quarantine/sqlite-index.ts';
import { content as review } from '../review/sqlite-review-store.ts';
import { content as vectors } from '../vectors/vectors-file.ts';

/** Name in a backup of what a Redis holds. */
export const redisPart = 'store/redis.ndjson';

/** Databases beside the baselines, by what their names add to that of the baselines. */
export const storeFiles: Readonly<Record<string, SqliteContent>> = {
  '': baselines,
  '-organization': ledgers,
  '-review': review,
  '-rules': ruleSets,
  '-audit': auditHeads,
};

/** Not in a backup: made again from other parts, or true for seconds. */
export const passingStoreFiles: Readonly<Record<string, SqliteContent>> = {
  '-quarantine': quarantineIndex,
  '-live': live,
};

export const stateDatabases: Readonly<Record<string, SqliteContent>> = {
  'audit/personal.db': personalValues,
  'vectors.db': vectors,
  'notices.db': notices,
  'access.db': access,
};

const databases = new Map<string, SqliteContent>([
  ...Object.entries(storeFiles).map(([end, what]) => [`store/baselines.db${end}`, what] as const),
  ...Object.entries(stateDatabases).map(([name, what]) => [`state/${name}`, what] as const),
]);

/** What a database of this name in a backup should be, or null where it is none. */
export function databaseOf(name: string): SqliteContent | null {
  return databases.get(name) ?? null;
}

export const heldFile = /^[0-9a-z]{20}\.(?:eml|json)$/;
export const bodyFile = /^[0-9a-f]{64}$/;
export const chainFile = /^[a-z0-9-]{1,60}\.\d{6}\.jsonl$/;
export const journalFile = /^[0-9a-f]{16}\.journal$/;
export const plainFiles = ['state.format', 'pseudonym.key', 'notice-links.key', 'operators.yaml'];

const inFolder = [
  ['state/learn/', journalFile],
  ['state/audit/', chainFile],
  ['state/quarantine/', heldFile],
  ['state/quarantine/bodies/', bodyFile],
] as const;

/** Whether a backup may have a file of this name: nothing else is ever written by a restore. */
export function isPart(name: string): boolean {
  const folder = name.slice(0, name.lastIndexOf('/') + 1);
  const file = name.slice(folder.length);
  return (
    databases.has(name) ||
    name === redisPart ||
    name === 'state/quarantine/directory.id' ||
    (folder === 'state/' && plainFiles.includes(file)) ||
    inFolder.some(([known, form]) => folder === known && form.test(file))
  );
}
