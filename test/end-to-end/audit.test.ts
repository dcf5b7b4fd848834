import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openHeads } from '../../src/audit/open-heads.ts';
import { openAuditReader } from '../../src/audit/read-audit.ts';
import { verifyAudit } from '../../src/audit/verify-audit.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { publishedLure, startSite, vendorMail } from './site.ts';

async function metric(
  site: { readonly server: { readonly http: { port: number } } },
  name: string,
) {
  const response = await fetch(`http://127.0.0.1:${site.server.http.port}/metrics`);
  return new RegExp(`^aliaswatch_${name} (\\S+)$`, 'm').exec(await response.text())?.[1];
}

test('what a server decides is on record, and its head is published when it ends', async (t) => {
  const stateDir = await mkdtemp(join(tmpdir(), 'aliaswatch-audit-site-'));
  t.after(() => rm(stateDir, { recursive: true }));
  const store = `sqlite:${join(stateDir, 'baselines.db')}`;
  await using nextHop = await SmtpRecorder.start();
  let reply = '';
  {
    await using site = await startSite({ nextHop: nextHop.address, settings: { stateDir, store } });
    [reply = ''] = await site.send(await vendorMail({ tenant: publishedLure }));
    await site.send(await vendorMail());
    assert.equal(await metric(site, 'audit_lost_total'), '0');
  }
  const [id = ''] = /[0-9a-z]{20}/.exec(reply) ?? [];
  const directory = join(stateDir, 'audit');
  const records = (await openAuditReader(directory).list({}, 10)).toReversed();
  assert.deepEqual(
    records.map(({ act }) => act),
    ['rules-activated', 'held', 'decision'],
  );
  const decision = records[2];
  assert.deepEqual(
    [decision?.subject, decision?.facts['effectiveAction'], decision?.personal['recipient1']],
    [id, 'quarantine', 'jo@example.test'],
  );
  await using heads = await openHeads(store, { timeoutMs: 2000, readOnly: true });
  const { chains } = await verifyAudit({ directory, published: await heads.all() });
  assert.deepEqual(
    chains.map(({ problems, proven }) => [problems, proven?.sequence]),
    [[[], 3]],
  );
});

test('an audit log that cannot be written costs records and no mail', async (t) => {
  const stateDir = await mkdtemp(join(tmpdir(), 'aliaswatch-audit-site-'));
  t.after(() => rm(stateDir, { recursive: true }));
  await writeFile(join(stateDir, 'audit'), 'a file where the directory should be');
  await using nextHop = await SmtpRecorder.start();
  const store = `sqlite:${join(stateDir, 'baselines.db')}`;
  await using site = await startSite({ nextHop: nextHop.address, settings: { stateDir, store } });
  const [held = ''] = await site.send(await vendorMail({ tenant: publishedLure }));
  assert.match(held, /^250 2\.0\.0 Held for review/);
  const [relayed = ''] = await site.send(await vendorMail());
  assert.match(relayed, /^250 /);
  assert.equal(await metric(site, 'audit_lost_total'), '3');
});
