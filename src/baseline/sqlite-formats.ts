import { actorSchema } from './sqlite-actors.ts';
import { ledgerSchema } from './sqlite-ledger.ts';
import { nameSchema } from './sqlite-names.ts';
import { snapshotSchema } from './sqlite-snapshots.ts';
import { trafficSchema } from './sqlite-traffic.ts';

/** What each format of the file has, or changes of the one before; the last one makes the tables of today. */
export const firstFormat = `
CREATE TABLE snapshot (alias TEXT PRIMARY KEY, generation INTEGER NOT NULL, through INTEGER, after INTEGER) WITHOUT ROWID;
CREATE TABLE bucket (alias TEXT, day INTEGER, counters TEXT NOT NULL, PRIMARY KEY (alias, day)) WITHOUT ROWID;
CREATE TABLE value (alias TEXT, kind TEXT, value TEXT, record TEXT NOT NULL, PRIMARY KEY (alias, kind, value)) WITHOUT ROWID;
CREATE TABLE hour (alias TEXT, hour INTEGER, messages INTEGER NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (alias, hour)) WITHOUT ROWID;
CREATE TABLE signature (alias TEXT, epoch INTEGER, signature TEXT, codes TEXT NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (alias, epoch, signature));
CREATE TABLE applied (alias TEXT, id TEXT, expires INTEGER NOT NULL, PRIMARY KEY (alias, id));
`;

/** Who wrote, and messages by day. */
const second = `
CREATE TABLE actor (alias TEXT, actor TEXT, first_hour INTEGER NOT NULL, hour INTEGER NOT NULL, messages INTEGER NOT NULL, messages_before INTEGER NOT NULL,
  recipients INTEGER NOT NULL, recipients_before INTEGER NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (alias, actor)) WITHOUT ROWID;
CREATE TABLE newcomer (alias TEXT, hour INTEGER, active INTEGER NOT NULL, stayed INTEGER NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (alias, hour)) WITHOUT ROWID;
CREATE TABLE daily (alias TEXT, day INTEGER, messages INTEGER NOT NULL, PRIMARY KEY (alias, day)) WITHOUT ROWID;
`;

/** Snapshots as they were built. */
const third = 'ALTER TABLE snapshot ADD COLUMN text TEXT;';

const tables = [
  ...['bucket', 'value', 'hour', 'daily', 'signature', 'applied', 'actor', 'newcomer', 'snapshot'],
];
const former = (sql: (table: string) => string) => tables.map(sql).join(' ');

/** Names by number, records and buckets packed: less than half the room. Snapshots are built again. */
const fourth = `
${former((table) => `ALTER TABLE ${table} RENAME TO former_${table};`)}
${nameSchema} ${snapshotSchema} ${ledgerSchema} ${trafficSchema} ${actorSchema}
INSERT INTO name (name) SELECT DISTINCT alias FROM (${tables.map((table) => `SELECT alias FROM former_${table}`).join(' UNION ')})
  UNION SELECT kind FROM former_value UNION SELECT key FROM former_bucket, json_each(counters);
INSERT INTO bucket SELECT id, day, packed_pairs((
    SELECT json_group_array(json_array(name.id, CAST(counter.value AS INTEGER))) FROM json_each(counters) AS counter JOIN name ON name = key WHERE counter.value >= 1
  )) FROM former_bucket JOIN name ON name = alias;
INSERT INTO value SELECT alias.id, kind.id, value, packed_record(record)
  FROM former_value AS former JOIN name AS alias ON alias.name = former.alias JOIN name AS kind ON kind.name = former.kind;
INSERT INTO hour SELECT id, hour, messages, expires FROM former_hour JOIN name ON name = alias;
INSERT INTO daily SELECT id, day, messages FROM former_daily JOIN name ON name = alias;
INSERT INTO signature SELECT id, epoch, signature, codes, (expires - 8) * 86400000 + former.rowid - (SELECT min(rowid) FROM former_signature) FROM former_signature AS former JOIN name ON name = alias;
INSERT INTO applied SELECT name.id, former.id, (expires - 3) * 86400000 + former.rowid - (SELECT min(rowid) FROM former_applied) FROM former_applied AS former JOIN name ON name = alias;
INSERT INTO actor SELECT id, actor, first_hour, hour, messages, messages_before, recipients, recipients_before, expires FROM former_actor JOIN name ON name = alias;
INSERT INTO newcomer SELECT id, hour, active, stayed, expires FROM former_newcomer JOIN name ON name = alias;
${former((table) => `DROP TABLE former_${table};`)}
`;

export const laterFormats = [second, third, fourth];
