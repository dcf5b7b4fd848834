import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { maturationDays } from '../../src/baseline/ledger.ts';
import { createPseudonym } from '../../src/features/hash.ts';
import { defaultLedgerLimits, type OrganizationLedgers } from '../../src/organization/ledgers.ts';
import { openOrganization } from '../../src/organization/open-organization.ts';
import { signMessage } from '../support/dkim-keys.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedis } from '../support/redis.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { vendorZone } from '../support/zone.ts';
import { ourFields } from './our-fields.ts';
import { publishedLure, startSite, vendorMail, vendorRecords, type Site } from './site.ts';

const zone = { ...vendorRecords, ...vendorZone('firm.example') };

/** Mail that nobody watches. */
function firmMail(from = 'Ann <ann@firm.example>'): Promise<string> {
  const lines = [
    `From: ${from}`,
    'To: jo@example.test',
    'Subject: our offer',
    'Message-ID: <offer@firm.example>',
    '',
    'See https://shop.firm-offers.example/spring',
    '',
  ];
  return signMessage(lines.join('\r\n'), { domain: 'firm.example', selector: 'rsa' });
}

/** The ledgers of a site, as another process sees them. */
async function ledgersOf(site: Site, store = `sqlite:${join(site.stateDir, 'baselines.db')}`) {
  return openOrganization(store, {
    limits: defaultLedgerLimits,
    timeoutMs: 2000,
    pseudonym: createPseudonym(await readFile(join(site.stateDir, 'pseudonym.key'))),
    events: { onLookup: () => undefined, onLost: () => undefined },
  });
}

/** Counting is beside the message path: waits for it. */
async function eventually(holds: () => Promise<boolean>, what: string): Promise<void> {
  for (let attempt = 0; !(await holds()); attempt++) {
    assert.ok(attempt < 100, what);
    await delay(100);
  }
}

async function knowledgeInDays(ledgers: OrganizationLedgers, days: number) {
  return ledgers.look({
    at: new Date(Date.now() + days * 86_400_000),
    alias: 'some-vendor',
    domains: ['firm-offers.example'],
    correspondents: ['firm.example', 'forger.example'],
    fresh: ['contact +18025383069'],
  });
}

test('one message of somebody nobody watches: a correspondent two days later, links and all', async () => {
  await using nextHop = await SmtpRecorder.start();
  const settings = { organizationSample: 1 };
  await using site = await startSite({ nextHop: nextHop.address, zone, settings });
  await using ledgers = await ledgersOf(site);
  const forged = await firmMail('Mallory <m@forger.example>');
  for (const message of [forged, await firmMail()])
    assert.match((await site.send(message))[0] ?? '', /^250 /);
  await eventually(async () => (await ledgers.sizes()).domain > 0, 'counted');
  const today = await knowledgeInDays(ledgers, 0);
  assert.equal(today.correspondents.get('firm.example')?.days, 0, 'not before it has matured');
  const later = await knowledgeInDays(ledgers, maturationDays);
  assert.deepEqual([...later.correspondents.keys()], ['firm.example'], 'the forger taught nothing');
  assert.equal(later.correspondents.get('firm.example')?.days, 1);
  assert.deepEqual(later.domains.get('firm-offers.example'), {
    days: 1,
    senders: 1,
    written: false,
  });
  assert.equal(later.days, 1);
});

test('a held message leaves what it carried, and nothing else', async () => {
  await using nextHop = await SmtpRecorder.start();
  await using site = await startSite({ nextHop: nextHop.address, zone });
  await using ledgers = await ledgersOf(site);
  const lure = publishedLure.replace('802 538 3069', '+1 802 538 3069');
  assert.match((await site.send(await vendorMail({ tenant: lure })))[0] ?? '', /Held for review/);
  await eventually(async () => (await ledgers.sizes()).carried > 0, 'counted');
  const view = await knowledgeInDays(ledgers, 0);
  assert.deepEqual([...view.elsewhere], [['contact +18025383069', 1]]);
  assert.deepEqual(
    await ledgers.sizes().then(({ domain, correspondent }) => [domain, correspondent]),
    [0, 0],
  );
});

test(
  'ledgers that refuse every call: mail is judged and relayed without them',
  { skip: requireInstalled('redis-server', 'redis-server') },
  async () => {
    await using redis = await startRedis();
    const admin = new Redis(redis.url);
    // Everything but the ledgers.
    await admin.call(
      'ACL',
      'SETUSER',
      'gateway',
      'on',
      '>secret',
      '~aw:{*',
      '~aw:aliases',
      '~aw:format',
      '&*',
      '+@all',
    );
    admin.disconnect();
    await using nextHop = await SmtpRecorder.start();
    const settings = { store: `redis://gateway:secret@127.0.0.1:${redis.port}` };
    await using site = await startSite({ nextHop: nextHop.address, settings });
    const message = await vendorMail();
    assert.match((await site.send(message))[0] ?? '', /^250 /);
    const verdict = ourFields(nextHop.messages[0], message)['X-Aliaswatch-Verdict'] ?? '';
    assert.match(verdict, /^learning; action=pass;/);
    const { host, port } = site.server.http;
    const metrics = async () => (await fetch(`http://${host}:${port}/metrics`)).text();
    assert.match(await metrics(), /^aliaswatch_organization_lookups_total\{outcome="failed"\} 1$/m);
    await eventually(
      async () => /^aliaswatch_organization_lost_total [1-9]/m.test(await metrics()),
      'what could not be counted is counted as lost',
    );
  },
);
