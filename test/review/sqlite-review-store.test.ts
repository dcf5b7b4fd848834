import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { openReviewStore } from '../../src/review/open-review-store.ts';
import { reviewStoreContract } from './review-store-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'aliaswatch-review-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const open = (path: string) => () => openReviewStore(`sqlite:${path}`, { timeoutMs: 2000 });

reviewStoreContract({
  name: 'SQLite file',
  skip: false,
  isShared: true,
  open: open(join(folder, 'baselines.db')),
});
reviewStoreContract({
  name: 'SQLite in memory',
  skip: false,
  isShared: false,
  open: open(':memory:'),
});
