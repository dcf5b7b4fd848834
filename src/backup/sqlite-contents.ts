import { content as ruleSets } from '../activation/sqlite-rule-sets.ts';
import { content as personalValues } from '../audit/personal-values.ts';
import { content as auditHeads } from '../audit/sqlite-heads.ts';
import type { SqliteContent } from '../baseline/sqlite-file.ts';
import { content as baselines } from '../baseline/sqlite-store.ts';
import { content as access } from '../console/access/access-file.ts';
import { content as live } from '../live/sqlite-live-store.ts';
import { content as notices } from '../notices/notices-file.ts';
import { content as ledgers } from '../organization/sqlite-ledgers.ts';
import { content as quarantineIndex } from '../quarantine/sqlite-index.ts';
import { content as review } from '../review/sqlite-review-store.ts';
import { content as vectors } from '../vectors/vectors-file.ts';

/** Every kind of database that we write. */
export const sqliteContents: readonly SqliteContent[] = [
  ...[baselines, ledgers, ruleSets, auditHeads, review, live, quarantineIndex],
  ...[personalValues, vectors, notices, access],
];
