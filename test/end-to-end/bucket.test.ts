import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { formatHostPort } from '../../src/config/host-port.ts';
import { openShell } from '../commands/shell.ts';
import { requireS3Server, startS3Server } from '../support/s3-server.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { publishedLure, startSite, vendorMail } from './site.ts';

const skip = requireS3Server();

if (skip === false) await testGateway();
else test('a gateway with its quarantine in a bucket', { skip });

async function testGateway(): Promise<void> {
  const shell = await openShell();
  const server = await startS3Server();
  after(() => server[Symbol.asyncDispose]());
  const quarantineStore = `s3://${await server.createBucket()}/held/here`;
  const settings = {
    quarantineStore,
    quarantineS3Endpoint: server.endpoint,
    // The first request of a cold server on a busy machine takes seconds; one that is down refuses at once.
    quarantineTimeoutMs: 10_000,
  };
  const bucket = [
    ...['--quarantine-store', quarantineStore],
    ...['--quarantine-s3-endpoint', server.endpoint],
  ];

  test('mail is held in the bucket, given back to the client while that is down, and released by command', async () => {
    await using nextHop = await SmtpRecorder.start();
    await using site = await startSite({ nextHop: nextHop.address, settings });
    const send = async () => {
      const [reply = ''] = await site.send(await vendorMail({ tenant: publishedLure }));
      return { reply, id: /Held for review as ([0-9a-z]{20})$/.exec(reply)?.[1] ?? '' };
    };
    const { id, reply } = await send();
    assert.notEqual(id, '', reply);
    const here = await readdir(site.stateDir, { recursive: true });
    assert.deepEqual(
      here.filter((name) => name.endsWith('.eml')),
      [],
    );

    await server.kill();
    assert.match((await send()).reply, /^451 4\.3\.[01] /);
    const { port } = site.server.http;
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    assert.match(metrics, /^aliaswatch_quarantine_failed_total 1$/m);
    await server.restart();
    assert.notEqual((await send()).id, '');
    assert.equal(nextHop.messages.length, 0);

    const of = [
      ...['--state-dir', site.stateDir],
      ...['--store', `sqlite:${site.stateDir}/baselines.db`],
      ...bucket,
    ];
    const listed = async () => {
      const { json } = await shell.runJson(['quarantine', 'list', '--text', 'bitcoin', ...of]);
      return (json['messages'] as unknown[]).length;
    };
    // Mail does not wait for the index of the proxy that holds it.
    const untilMs = performance.now() + 15_000;
    while ((await listed()) < 2 && performance.now() < untilMs) await delay(100);
    assert.equal(await listed(), 2);
    const to = ['--next-hop', formatHostPort(nextHop.address)];
    const released = await shell.run(['quarantine', 'release', id, ...to, ...of]);
    assert.equal(released.code, 0, released.stderr);
    assert.match(nextHop.messages[0]?.toString() ?? '', /Reach Support Desk at 802 538 3069/);
    const reindexed = await shell.runJson(['quarantine', 'reindex', ...of]);
    assert.deepEqual(
      [reindexed.code, reindexed.json],
      [0, { entries: 2, changed: 0, gone: 0, unreadable: 0 }],
    );
  });

  test('doctor tries the bucket, and says what is missing', async () => {
    await using nextHop = await SmtpRecorder.start();
    const of = ['--next-hop', formatHostPort(nextHop.address), '--dns', '127.0.0.1:1'];
    type Found = { name: string; status: string; message: string; advice: string[] };
    const diagnose = async (...flags: readonly string[]) => {
      const { json } = await shell.runJson(['doctor', ...of, ...bucket, ...flags]);
      const checks = json['checks'] as Found[];
      return (name: string) => checks.find((check) => check.name === name);
    };
    const good = await diagnose();
    assert.equal(good('quarantine')?.status, 'ok', good('quarantine')?.message);
    assert.match(good('index of the bucket')?.message ?? '', /for this machine alone/);
    const bad = await diagnose('--quarantine-store', 's3://nobody-made-this');
    assert.equal(bad('quarantine')?.status, 'failed');
    assert.match(bad('quarantine')?.message ?? '', /s3:\/\/nobody-made-this: NoSuchBucket/);
    assert.match(bad('quarantine')?.advice[0] ?? '', /s3:ListBucket/);
  });
}
