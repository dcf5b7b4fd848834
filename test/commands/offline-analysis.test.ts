import assert from 'node:assert/strict';
import { test } from 'node:test';
import { archivedTransaction } from '../../src/archive/archived-transaction.ts';
import type { Observation } from '../../src/baseline/store.ts';
import { CommandFailure } from '../../src/commands/command.ts';
import { rulesFor } from '../../src/commands/command-rules.ts';
import { openOfflineAnalysis } from '../../src/commands/offline-analysis.ts';
import { completeSettings } from '../../src/config/settings.ts';
import { readHeader } from '../../src/message/header.ts';
import { activate } from '../../src/activate-rules.ts';
import { entraMail } from './entra-mail.ts';

const settings = completeSettings({}, 'mx.example.com');
const rules = activate(await rulesFor(settings), settings);
const bytes = Buffer.from(
  entraMail({ tenant: 'Elm Foods', recipient: 'a@example.com', sentAt: new Date(0), code: '1' }),
);
const transaction = archivedTransaction({
  id: '0',
  bytes,
  header: readHeader(bytes),
  receivedAt: new Date(),
});

function open(observe: () => Promise<Observation>, onBug: (failure: CommandFailure) => void) {
  return openOfflineAnalysis({
    settings,
    rules,
    baselines: { observe },
    organization: null,
    pseudonymKey: Buffer.alloc(32),
    assumeAuthenticated: true,
    countsTraffic: false,
    onBug,
  });
}

test('a store that fails ends the command with its sentence', async () => {
  const observe = () => Promise.reject(new Error('Baseline store x is locked'));
  await using offline = open(observe, (failure) => {
    throw failure;
  });
  await assert.rejects(
    offline.analyse(transaction),
    new CommandFailure('Baseline store x is locked'),
  );
});

test('a mistake of ours is told with its stack, and the message is unavailable', async () => {
  const failures: CommandFailure[] = [];
  await using offline = open(
    () => Promise.resolve({} as Observation),
    (failure) => failures.push(failure),
  );
  const { decision } = await offline.analyse(transaction);
  assert.equal(decision.verdict, 'unavailable');
  assert.equal(failures.length, 1);
  assert.match(failures[0]!.message, /^unexpected TypeError: .*\n +at /);
});
