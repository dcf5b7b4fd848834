import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sender } from '../src/alias/sender.ts';
import { dayOf, maturationDays } from '../src/baseline/ledger.ts';
import { openSqliteStore } from '../src/baseline/sqlite-store.ts';
import { defaultStoreLimits } from '../src/baseline/store.ts';
import { excuseForwarder } from '../src/forwarded-claim.ts';
import { forwarderNetwork } from '../src/score/forwarding.ts';
import { receivedAt, transactionOf } from './support/messages.ts';

const alias = {
  id: 'vendor',
  vendor: 'Vendor',
  addresses: ['no-reply@vendor.example'],
  dkimDomains: [],
  spfIsEnough: false,
  actor: 'slots',
  pack: null,
} as const;
const failed: Sender = {
  kind: 'impersonation',
  alias,
  why: 'From is no-reply@vendor.example, but DMARC fails',
  mayBeForwarded: true,
};
const from = (clientAddress: string) =>
  transactionOf(Buffer.alloc(0), { connection: { clientAddress } });

async function storeAfter(days: number) {
  const store = await openSqliteStore(':memory:', defaultStoreLimits);
  for (let i = 0; i < days; i++)
    await store.commit({
      id: `${i}`,
      alias: 'vendor',
      day: dayOf(receivedAt) - maturationDays - i,
      counters: { n: 1 },
      values: [{ ...forwarderNetwork('203.0.113.0/24'), domains: 1, recipients: 1, actors: 1 }],
    });
  return store;
}

test('a claim that fails DMARC is unverified from where genuine mail was forwarded before', async () => {
  await using store = await storeAfter(3);
  const sender = await excuseForwarder(failed, from('203.0.113.9'), store);
  assert.equal(sender.kind, 'unverified');
  assert.match('why' in sender ? sender.why : '', /forwarded through 203\.0\.113\.0\/24/);
});

test('anywhere else, or of what looks like an attack in itself, it stays an impersonation', async () => {
  await using store = await storeAfter(3);
  assert.deepEqual(await excuseForwarder(failed, from('198.51.100.9'), store), failed);
  assert.deepEqual(await excuseForwarder(failed, from(''), store), failed);
  const lookAlike: Sender = { kind: 'impersonation', alias, why: 'looks like it' };
  assert.deepEqual(await excuseForwarder(lookAlike, from('203.0.113.9'), store), lookAlike);
});

test('two days are no habit, and a store that is down excuses nobody', async () => {
  await using store = await storeAfter(2);
  assert.deepEqual(await excuseForwarder(failed, from('203.0.113.9'), store), failed);
  const down = { observe: () => Promise.reject(new Error('down')) };
  assert.deepEqual(await excuseForwarder(failed, from('203.0.113.9'), down), failed);
});
