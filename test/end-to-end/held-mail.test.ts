import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Settings } from '../../src/config/settings.ts';
import { openShell } from '../commands/shell.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { publishedLure, startSite, vendorMail } from './site.ts';

const shell = await openShell();

async function hold(site: { readonly send: (message: string) => Promise<string[]> }) {
  const [reply = ''] = await site.send(await vendorMail({ tenant: publishedLure }));
  return { reply, id: /Held for review as ([0-9a-z]{20})$/.exec(reply)?.[1] ?? '' };
}

test('with a key nothing of held mail can be read on the disk; commands with the key read and release it', async () => {
  const quarantineKeyFile = shell.path('quarantine.keys');
  await writeFile(quarantineKeyFile, `# since 2026\n${'0a'.repeat(32)}\n`);
  await using nextHop = await SmtpRecorder.start();
  await using site = await startSite({ nextHop: nextHop.address, settings: { quarantineKeyFile } });
  const { id, reply } = await hold(site);
  assert.notEqual(id, '', reply);

  const of = ['--state-dir', site.stateDir, '--store', `sqlite:${site.stateDir}/baselines.db`];
  const key = ['--quarantine-key-file', quarantineKeyFile];
  const listed = await shell.runJson(['quarantine', 'list', '--text', 'bitcoin', ...of, ...key]);
  assert.deepEqual(
    (listed.json['messages'] as { id: string }[]).map((message) => message.id),
    [id],
  );
  const names = await readdir(site.stateDir, { recursive: true });
  const kept = names.filter((name) => /quarantine/.test(name) && /\.|bodies\//.test(name));
  assert.ok(kept.some((name) => name.endsWith('.eml')) && kept.length >= 4, kept.join(' '));
  for (const name of kept) {
    const bytes = await readFile(join(site.stateDir, name), 'latin1').catch(() => '');
    for (const secret of ['Bitcoin', 'jo@example.test', '538 3069'])
      assert.ok(!bytes.includes(secret), `${secret} in ${name}`);
  }

  const without = await shell.run(['quarantine', 'show', id, ...of]);
  assert.equal(without.code, 1);
  assert.match(without.stderr, /^error: .*encrypted/);
  const { host, port } = nextHop.address;
  const release = ['quarantine', 'release', id, '--next-hop', `${host}:${port}`, ...of];
  const released = await shell.run([...release, ...key]);
  assert.equal(released.code, 0, released.stderr);
  assert.match(nextHop.messages[0]?.toString() ?? '', /Reach Support Desk at 802 538 3069/);
  const reindexed = await shell.runJson(['quarantine', 'reindex', ...of, ...key]);
  assert.deepEqual(
    [reindexed.code, reindexed.json],
    [0, { entries: 1, changed: 0, gone: 0, unreadable: 0 }],
  );
});

test('a quarantine that is full gives the mail back to the client, and says so', async () => {
  await using nextHop = await SmtpRecorder.start();
  await using site = await startSite({
    nextHop: nextHop.address,
    settings: { maxQuarantineBytes: 1 },
  });
  const { port } = site.server.http;
  const metrics = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  // The first sweep measures what there is.
  for (let reply = ''; !reply.startsWith('451');) ({ reply } = await hold(site));
  assert.match(await metrics(), /^aliaswatch_quarantine_failed_total [1-9]/m);
  assert.deepEqual(nextHop.messages, []);
});

test('mail that would go without anybody being told stops the start', async () => {
  const nextHop = { host: '127.0.0.1', port: 25 };
  const tellNobody: readonly Partial<Settings>[] = [
    {},
    { noticeTo: ['desk@mx.test'], noticeMode: 'off' },
  ];
  for (const settings of tellNobody)
    await assert.rejects(
      startSite({ nextHop, settings: { quarantineExpiry: 'delete', ...settings } }),
      /quarantineExpiry: delete would let mail go .*noticeTo/,
    );
});
