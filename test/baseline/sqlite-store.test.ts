import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { openSqliteStore } from '../../src/baseline/sqlite-store.ts';
import type { StoreLimits } from '../../src/baseline/store.ts';
import { storeContract } from './store-contract.ts';
import { storeEquivalence } from './store-equivalence.ts';

const folder = mkdtempSync(join(tmpdir(), 'aliaswatch-sqlite-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const file = {
  name: 'SQLite file',
  skip: false,
  isShared: true,
  open: (limits: StoreLimits) => openSqliteStore(join(folder, 'shared.db'), limits),
} as const;
const memory = {
  name: 'SQLite in memory',
  skip: false,
  isShared: false,
  open: (limits: StoreLimits) => openSqliteStore(':memory:', limits),
} as const;
for (const store of [file, memory]) storeContract(store);
storeEquivalence(memory, 40);
