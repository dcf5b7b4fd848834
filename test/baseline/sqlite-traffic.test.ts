import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSqliteFile } from '../../src/sqlite/sqlite-file.ts';
import { SqliteStatements } from '../../src/sqlite/sqlite-statements.ts';
import { content } from '../../src/baseline/sqlite-store.ts';
import { SqliteTraffic } from '../../src/baseline/sqlite-traffic.ts';

const bounds = { most: 1100, keep: 1000 };

test('ids are told apart within a millisecond, and a clock that was ahead is followed back', () => {
  using database = openSqliteFile(':memory:', content, {});
  const sql = new SqliteStatements(database);
  let now = new Date('2036-01-01T00:00:00Z');
  const traffic = new SqliteTraffic(sql, () => now);
  traffic.rememberCommit(1, 'a', bounds);
  traffic.rememberCommit(1, 'b', bounds);
  now = new Date('2026-01-01T00:00:00Z');
  traffic.rememberCommit(1, 'c', bounds);
  traffic.rememberCommit(1, 'd', bounds);
  const rows = sql.all('SELECT id, seen FROM applied ORDER BY id');
  assert.deepEqual(
    rows.map(({ id, seen }) => [id, new Date(seen as number).toISOString()]),
    [
      ['a', '2036-01-01T00:00:00.000Z'],
      ['b', '2036-01-01T00:00:00.001Z'],
      ['c', '2026-01-01T00:00:00.000Z'],
      ['d', '2026-01-01T00:00:00.001Z'],
    ],
  );
});
