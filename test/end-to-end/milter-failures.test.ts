import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startZoneServer } from '../../src/commands/demo/zone-server.ts';
import { parseHostPort } from '../../src/config/host-port.ts';
import { completeSettings, type Settings } from '../../src/config/settings.ts';
import type { Policy } from '../../src/decision/policy.ts';
import { createLog } from '../../src/observability/log.ts';
import { startServer } from '../../src/server.ts';
import { answered, MilterClient } from '../support/milter-client.ts';
import { shippedRuleSet } from '../support/shipped-rule-set.ts';
import { freePort } from '../support/smtp-ports.ts';
import { gatewayName, vendor, vendorMail, vendorRecords } from './site.ts';

// Rows of the failure table of docs/milter.md, each through the whole gateway, which here has no next hop.

const anyPort = { host: '127.0.0.1', port: 0 };
const { policy } = shippedRuleSet;

type Case = {
  readonly settings?: Partial<Settings>;
  readonly policy?: Partial<Policy>;
  readonly clientAddress?: string;
  readonly message?: string;
  /** Waits until the message is learned. */
  readonly waitsForLesson?: boolean;
};

async function ask(given: Case) {
  await using opened = new AsyncDisposableStack();
  const stateDir = await mkdtemp(join(tmpdir(), 'aliaswatch-milter-failures-'));
  opened.defer(() => rm(stateDir, { recursive: true, force: true }));
  const dns = opened.use(await startZoneServer(vendorRecords, anyPort));
  const resolver = parseHostPort(dns.address);
  assert.ok(resolver.ok);
  const settings = completeSettings(
    { milterListen: anyPort, http: anyPort, dns: [resolver.value], stateDir, mode: 'enforce' },
    gatewayName,
  );
  const server = opened.use(
    await startServer({
      settings: { ...settings, ...given.settings },
      rules: { ...shippedRuleSet, policy: { ...policy, ...given.policy } },
      log: createLog('silent'),
      version: 'test',
    }),
  );
  assert.equal(server.smtp, null);
  assert.ok(server.milter);
  const ready = await fetch(`http://127.0.0.1:${server.http.port}/readyz`);
  const client = opened.use(
    await MilterClient.greeted(server.milter, {
      clientAddress: given.clientAddress ?? '127.0.0.9',
    }),
  );
  const bytes = given.message ?? (await vendorMail());
  const answers = answered(await client.message({ bytes, from: vendor.address }));
  const committed = async (): Promise<boolean> => {
    const text = await (await fetch(`http://127.0.0.1:${server.http.port}/metrics`)).text();
    return text.includes('aliaswatch_stage_duration_seconds_count{stage="commit"} 1');
  };
  if (given.waitsForLesson === true)
    for (const endMs = performance.now() + 30_000; !(await committed());)
      assert.ok(performance.now() < endMs, 'what was taken is learned');
  return { ...answers, verdict: answers.onTop[0] ?? '', ready: ready.status };
}

const deadStore = async () => ({ store: `redis://127.0.0.1:${await freePort()}` });

test('nothing is down: taken with a verdict, and learned', async () => {
  const { final, verdict, ready } = await ask({ waitsForLesson: true });
  assert.equal(final, 'c');
  assert.match(verdict, /^X-Aliaswatch-Verdict: learning; action=pass;/);
  assert.equal(ready, 200);
});

test('baseline store down: taken unscored', async () => {
  const { final, verdict, changed } = await ask({ settings: await deadStore() });
  assert.equal(final, 'c');
  assert.match(verdict, /^X-Aliaswatch-Verdict: unavailable; cause=store; action=pass;/);
  assert.deepEqual(changed, []);
});

test('the same where the policy says defer: the client keeps the mail', async () => {
  const failOpen = { ...policy.failOpen, store: 'defer' } as const;
  const { final, reply } = await ask({ settings: await deadStore(), policy: { failOpen } });
  assert.equal(final, 'y');
  assert.match(reply, /^451 4\.7\.1 Deferred for review; ask about /);
});

test('DNS does not answer: temperror, and taken', async () => {
  const dns = [{ host: '127.0.0.1', port: await freePort() }];
  const { final, onTop } = await ask({ settings: { dns, dnsTimeoutMs: 200 } });
  assert.equal(final, 'c');
  assert.match(onTop.join('\n'), /spf=temperror/);
});

test('no room for large messages: 452, and the client keeps the mail', async () => {
  const message = await vendorMail({ body: `${'x'.repeat(70)}\r\n`.repeat(200) });
  const { reply } = await ask({ settings: { spoolMemoryBytes: 1000, maxSpoolBytes: 5000 }, message }); // prettier-ignore
  assert.match(reply, /^452 4\.3\.1 Insufficient storage/);
});

test('behind a gateway of ours the client before it is judged', async () => {
  const received =
    'Received: from vendor.test (vendor.test [127.0.0.5]) by gw.test; Sun, 22 Nov 2026 08:00:00 +0000\r\n';
  const message = received + (await vendorMail());
  const given = { clientAddress: '192.0.2.77', message };
  const stranger = await ask(given);
  assert.doesNotMatch(stranger.onTop.join('\n'), /spf=pass/);
  const trusted = await ask({ ...given, settings: { trustedRelays: ['192.0.2.77'] } });
  assert.match(trusted.onTop.join('\n'), /spf=pass/);
});
