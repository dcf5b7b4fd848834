import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requireInstalled } from '../support/installed.ts';
import { allFaults } from './fault-list.ts';
import { formatSummary } from './ledger.ts';
import { runFaults } from './run-faults.ts';

/** One of each sort; `npm run faults` strikes them all, many times. */
const some = [
  'killed as the next hop has the whole message, before its reply',
  'killed as .json of a held message gets its name',
  'smtp-sink -q .',
  'next hop: faults at random commands',
  'store hung (SIGSTOP)',
  'resolver: hung',
  'quarantine disk full',
];

const skip =
  requireInstalled('smtp-sink', 'postfix') || requireInstalled('redis-server', 'redis-server');

test('killed, starved and lied to, the gateway loses nothing that it took', { skip }, async (t) => {
  const { ledger, faults, leftOut, kills } = await runFaults({
    messages: 300,
    clients: 10,
    seed: 7,
    faults: allFaults.filter(({ name }) => some.includes(name)),
    rounds: 1,
    quietMs: 100,
  });
  t.diagnostic(formatSummary(ledger));
  for (const [name, reason] of leftOut) t.diagnostic(`LEFT OUT ${name}: ${reason}`);
  assert.deepEqual(ledger.lost, []);
  assert.deepEqual(ledger.unexplained, []);
  assert.equal(ledger.taken + ledger.refused, ledger.messages, 'every message came to an end');
  assert.ok(ledger.taken >= 250, `${ledger.taken} messages were taken`);
  assert.ok(ledger.copies.quarantine > 0, 'some were held');
  const expected = some.filter((name) => !leftOut.has(name));
  assert.deepEqual([...faults.keys()].sort(), expected.sort());
  const mayBeLeftOut = process.getuid?.() === 0 ? [] : ['quarantine disk full'];
  assert.deepEqual(
    [...leftOut.keys()].filter((name) => !mayBeLeftOut.includes(name)),
    [],
  );
  assert.ok(kills >= 3, `${kills} kills`);
});
