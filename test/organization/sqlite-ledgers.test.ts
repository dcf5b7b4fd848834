import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { keepLedgers } from '../../src/organization/keep-ledgers.ts';
import { openSqliteLedgers } from '../../src/organization/sqlite-ledgers.ts';
import { ledgersContract } from './ledgers-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'aliaswatch-organization-'));
after(() => rmSync(folder, { recursive: true, force: true }));

ledgersContract({
  name: 'SQLite file',
  skip: false,
  isShared: true,
  open: async (name, options) =>
    keepLedgers(await openSqliteLedgers(join(folder, `${name}.db`), options.limits), options),
});
ledgersContract({
  name: 'SQLite in memory',
  skip: false,
  isShared: false,
  open: async (_, options) =>
    keepLedgers(await openSqliteLedgers(':memory:', options.limits), options),
});
