import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { putInForce } from '../../src/activation/change-rules.ts';
import { openRuleSets } from '../../src/activation/open-rule-sets.ts';
import { auditDirectory } from '../../src/audit/start-audit.ts';
import { verifyAudit } from '../../src/audit/verify-audit.ts';
import { dayOf } from '../../src/baseline/ledger.ts';
import { openSqliteStore } from '../../src/baseline/sqlite-store.ts';
import { defaultStoreLimits } from '../../src/baseline/store.ts';
import { startZoneServer } from '../../src/commands/demo/zone-server.ts';
import type { HostPort } from '../../src/config/host-port.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { claimed, rulesetOf } from '../activation/gateway.ts';
import { smallRules, versionOf } from '../activation/small-rules.ts';
import { signMessage } from '../support/dkim-keys.ts';
import { startServe, type Served } from '../support/served.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { vendorZone } from '../support/zone.ts';

const opened = new AsyncDisposableStack();
after(() => opened.disposeAsync());
const parent = await mkdtemp(join(tmpdir(), 'aliaswatch-workers-'));
opened.defer(() => rm(parent, { recursive: true, force: true }));
const nextHop = opened.use(await SmtpRecorder.start());
const rules = opened.use(await smallRules('mode: tag\n'));
const dns = opened.use(
  await startZoneServer(vendorZone('docusign.net', { ip4: '127.0.0.0/8' }), {
    host: '127.0.0.1',
    port: 0,
  }),
);
const usual = ['--dns', dns.address, '--rules', rules.path, '--notice-mode', 'off'];
const patient = { timeout: 300_000 };

function serve(name: string, ...flags: readonly string[]): Promise<Served> {
  return startServe(nextHop.address, [...usual, '--state-dir', join(parent, name), ...flags]);
}

let mailNumber = 0;
function mail(from = 'ann@example.org'): string {
  return `From: ${from}\r\nTo: jo@example.test\r\nSubject: mail ${++mailNumber}\r\n\r\nhello ${mailNumber}\r\n`;
}

/** One message in a session of its own; gives the final reply. */
async function send(gateway: HostPort, message: string, from?: string): Promise<string> {
  await using client = await SmtpDialogue.greeted(gateway, from);
  await client.command('MAIL FROM:<ann@example.org>', 250);
  await client.command('RCPT TO:<jo@example.test>', 250);
  const [reply = ''] = await client.data(message, 250);
  return reply;
}

/** Until it is so; the test's own timeout is the end of patience. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(50);
}

describe('two workers', patient, async () => {
  const stateDir = join(parent, 'two');
  const gateway = opened.use(
    await serve(
      'two',
      ...['--workers', '2', '--max-sessions-per-address', '3', '--exempt', '127.0.0.1'],
      ...['--max-sessions', '12', '--messages-per-minute', '5'],
    ),
  );
  const transactions = () => gateway.lines.filter(({ msg }) => msg === 'transaction');

  test('mail is spread over both, and counted together', async () => {
    const before = nextHop.messages.length;
    for (let round = 0; round < 2; round++)
      await Promise.all(Array.from({ length: 10 }, () => send(gateway.smtp, mail())));
    assert.equal(nextHop.messages.length - before, 20);
    await until(() => transactions().length === 20);
    const byWorker = Map.groupBy(transactions(), ({ worker }) => worker);
    assert.deepEqual([...byWorker.keys()].toSorted(), [1, 2]);
    // A worker that is busy may miss the first scrape.
    await until(async () => (await gateway.metric('aliaswatch_transactions_total')) === 20);
    assert.equal(await gateway.metric('aliaswatch_transaction_duration_seconds_count'), 20);
    assert.equal(await gateway.metric('aliaswatch_build_info'), 1);
    assert.equal(await gateway.metric('aliaswatch_workers', 'serving'), 2);
  });

  test('limits hold over both: sessions of an address, sessions in all, messages of an address', async () => {
    const greeting = async (from: string) => {
      const client = await SmtpDialogue.open(gateway.smtp, from);
      return { client, code: (await client.expectAny()).at(-1)?.slice(0, 3) };
    };
    await using clients = new AsyncDisposableStack();
    const enter = async (from: string) => {
      const { client, code } = await greeting(from);
      clients.use(client);
      return { client, code };
    };
    const mine = [];
    for (let nth = 0; nth < 5; nth++) mine.push(await enter('127.0.0.9'));
    assert.deepEqual(
      mine.map(({ code }) => code),
      ['220', '220', '220', '421', '421'],
    );
    await mine[0]!.client[Symbol.asyncDispose]();
    await until(async () => (await enter('127.0.0.9')).code === '220');
    const others = [];
    for (let nth = 0; nth < 12; nth++) others.push((await enter('127.0.0.1')).code);
    // Three sessions of the other address are open.
    assert.deepEqual(others, [...Array<string>(9).fill('220'), '421', '421', '421']);
    await clients.disposeAsync();
    await until(async () => (await gateway.metric('aliaswatch_smtp_sessions')) === 0);

    const replies: string[] = [];
    for (let nth = 0; nth < 8; nth++) {
      await using client = await SmtpDialogue.greeted(gateway.smtp, '127.0.0.8');
      client.send('MAIL FROM:<ann@example.org>');
      replies.push((await client.expectAny())[0]?.slice(0, 3) ?? '');
    }
    assert.deepEqual(replies.slice(0, 5), Array<string>(5).fill('250'));
    assert.ok(replies.slice(5).includes('450'), replies.join(' '));
    assert.equal(
      await gateway.metric('aliaswatch_smtp_refused_total', 'reason="message-rate"'),
      replies.filter((code) => code === '450').length,
    );
  });

  /** Sends mail that says what it was judged by until both workers say that it is `version`. */
  async function untilBothJudgeBy(version: string): Promise<void> {
    const seen = new Set<unknown>();
    await until(async () => {
      const done = transactions().length;
      await send(gateway.smtp, mail(claimed));
      await until(() => transactions().length > done);
      const last = transactions().at(-1);
      assert.equal(rulesetOf(nextHop.messages.at(-1)), last?.['ruleset']);
      if (last?.['ruleset'] === version) seen.add(last['worker']);
      return seen.size === 2;
    });
  }

  test('rules that are activated, and those of a directory on SIGHUP, reach both', async () => {
    await using store = await openRuleSets(`sqlite:${join(stateDir, 'baselines.db')}`, {
      timeoutMs: 5000,
    });
    await rules.write('policy.yaml', 'mode: tag\n# activated\nactivation: {watchFiles: false}\n');
    const loading = await loadRules(rules.path);
    assert.ok(loading.ok);
    await putInForce(store, await store.inForce(), {
      ...{ rules: loading.rules, stage: null, by: 'test', via: 'cli', reason: '' },
      ...{ at: new Date(), forced: false, steps: [] },
    });
    await untilBothJudgeBy(loading.rules.version);

    await rules.write('policy.yaml', 'mode: tag\n# by signal\nactivation: {watchFiles: false}\n');
    gateway.child.kill('SIGHUP');
    await untilBothJudgeBy(await versionOf(rules.path));
    const { history } = store;
    assert.deepEqual(
      (await history(1)).map(({ via }) => via),
      ['sighup'],
      'one process takes the directory, and once',
    );
  });

  /** An open session, as its log says with this worker. */
  async function sessionWith(worker: number): Promise<SmtpDialogue> {
    for (;;) {
      const client = await SmtpDialogue.greeted(gateway.smtp);
      const done = transactions().length;
      await client.command('MAIL FROM:<ann@example.org>', 250);
      await client.command('RCPT TO:<jo@example.test>', 250);
      await client.data(mail(), 250);
      await until(() => transactions().length > done);
      if (transactions().at(-1)?.['worker'] === worker) return client;
      await client[Symbol.asyncDispose]();
    }
  }

  test('a worker that is killed costs no mail: clients come again, and it is started again', async () => {
    const counted = await gateway.metric('aliaswatch_transactions_total');
    const victim = gateway.workers().get(1)!;
    await using cut = await sessionWith(1);
    await using whole = await sessionWith(2);
    for (const client of [cut, whole]) await client.command('MAIL FROM:<ann@example.org>', 250);
    const acknowledged: string[] = [];
    const sendForSure = async () => {
      for (let nth = 0; nth < 15; nth++) {
        const message = mail();
        while (
          !(await send(gateway.smtp, message).then(
            () => true,
            () => delay(20, false),
          ))
        );
        acknowledged.push(message);
      }
    };
    const sending = Promise.all(Array.from({ length: 4 }, sendForSure));
    await until(() => acknowledged.length > 8);
    process.kill(victim, 'SIGKILL');
    await sending;

    assert.equal(acknowledged.length, 60);
    const delivered = nextHop.messages.map((message) => message.toString());
    for (const message of acknowledged)
      assert.ok(
        delivered.some((whole) => whole.endsWith(message)),
        'acknowledged, and lost',
      );
    await whole.command('RCPT TO:<jo@example.test>', 250);
    await cut.expectClose();
    const ended = await gateway.logged(({ msg }) => msg.startsWith('a worker ended'));
    assert.deepEqual(
      [ended['worker'], ended['pid'], ended['signal'], ended['level']],
      [1, victim, 'SIGKILL', 'error'],
    );
    await until(() => gateway.workers().get(1) !== victim);
    assert.equal(await gateway.metric('aliaswatch_worker_restarts_total'), 1);
    await until(async () => (await gateway.metric('aliaswatch_workers', 'serving')) === 2);
    assert.ok(
      (await gateway.metric('aliaswatch_transactions_total')) >= counted,
      'what a worker had counted is not forgotten with it',
    );
    // Its clients are gone as well, and do not count against anybody.
    await Promise.all([cut, whole].map((client) => client[Symbol.asyncDispose]()));
    await until(async () => (await gateway.metric('aliaswatch_smtp_sessions')) === 0);
  });

  test('SIGTERM lets both finish what they have, and nothing went wrong beside the mail', async () => {
    await using first = await SmtpDialogue.greeted(gateway.smtp);
    await using second = await SmtpDialogue.greeted(gateway.smtp);
    for (const client of [first, second]) await client.command('MAIL FROM:<ann@example.org>', 250);
    const ended = gateway.end('SIGTERM');
    await gateway.logged(({ msg }) => msg === 'stopping');
    assert.equal((await fetch(`http://${gateway.http}/readyz`)).status, 503);
    for (const client of [first, second]) {
      await client.command('RCPT TO:<jo@example.test>', 250);
      await client.data(mail(), 250);
      await client.expect(421);
    }
    assert.deepEqual(await ended, [0, null]);
    assert.equal(gateway.complaints(), '');
    const bad = gateway.lines.filter(
      ({ level, msg }) => level === 'error' && !msg.startsWith('a worker ended'),
    );
    assert.deepEqual(bad, []);
    assert.deepEqual(
      gateway.lines.filter(({ msg }) => /lost|failed open|not recorded/.test(msg)),
      [],
    );
    const report = await verifyAudit({ directory: auditDirectory(stateDir), published: [] });
    assert.ok(report.chains.length >= 3, `${report.chains.length} chains`);
    for (const { problems } of report.chains) assert.deepEqual(problems, []);
  });
});

test('two workers learn what one does, field for field', patient, async () => {
  const one = opened.use(await serve('learns-alone', '--workers', '1'));
  // Hashes of the same values are the same only with the same key.
  await mkdir(join(parent, 'learn-together'), { mode: 0o700 });
  await copyFile(
    join(parent, 'learns-alone', 'pseudonym.key'),
    join(parent, 'learn-together', 'pseudonym.key'),
  );
  const two = opened.use(await serve('learn-together', '--workers', '2'));
  const open = (name: string) =>
    openSqliteStore(join(parent, name, 'baselines.db'), defaultStoreLimits, { readOnly: true });
  await using alone = await open('learns-alone');
  await using together = await open('learn-together');
  const matured = new Date(Date.now() + 5 * 86_400_000);
  const learned = async (store: typeof alone) => {
    const [alias] = await store.aliases();
    if (alias === undefined) return null;
    const { snapshot, values } = await store.describe(alias, matured);
    const { version, ...content } = snapshot;
    assert.ok(version);
    const named = values.map((value) => [JSON.stringify([value.table, value.value]), value]);
    return { content, values: Object.fromEntries(named.toSorted()) as object };
  };
  const today = dayOf(new Date());
  for (let nth = 1; nth <= 24; nth++) {
    const message = await signMessage(
      [
        `From: DocuSign <${claimed}>`,
        `To: jo${nth % 5}@example${nth % 3}.test`,
        `Subject: Sender ${nth % 4} sent you a document`,
        `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
        `Message-ID: <${nth}@docusign.net>`,
        '',
        `Review document ${nth} at https://app.docusign.net/sign/${nth % 6}`,
        '',
      ].join('\r\n'),
      { domain: 'docusign.net', selector: 'rsa' },
    );
    // What is learned depends on what was known: one after the other.
    for (const [gateway, store] of [
      [one, alone],
      [two, together],
    ] as const) {
      await send(gateway.smtp, message);
      await until(async () => ((await learned(store))?.content.counters['n'] ?? 0) >= nth);
    }
  }
  assert.equal(dayOf(new Date()), today, 'run it again: a day ended meanwhile');
  const judgedBy = two.lines.filter(({ msg }) => msg === 'transaction');
  assert.equal(new Set(judgedBy.map(({ worker }) => worker)).size, 2);
  assert.deepEqual(await learned(together), await learned(alone));
  for (const gateway of [one, two]) assert.deepEqual(await gateway.end('SIGTERM'), [0, null]);
});

test('a worker that ends again and again stops the gateway, which says why', patient, async () => {
  const gateway = opened.use(await serve('crashes', '--workers', '2'));
  const ended = once(gateway.child, 'close');
  const killed = new Set<number>();
  void (async () => {
    while (gateway.child.exitCode === null) {
      const pid = gateway.workers().get(1);
      if (pid !== undefined && !killed.has(pid)) {
        killed.add(pid);
        process.kill(pid, 'SIGKILL');
      }
      await delay(20);
    }
  })();
  assert.deepEqual(await ended, [1, null]);
  assert.match(
    gateway.complaints(),
    /^error: worker 1 ends again and again as soon as it has begun: a worker ended by SIGKILL$/m,
  );
  assert.equal(killed.size, 8);
});

test(
  'a worker of another version, after an upgrade, stops the gateway, which asks to be started again',
  patient,
  async () => {
    const installed = join(parent, 'installed');
    for (const part of ['src', 'package.json'])
      await cp(new URL(`../../${part}`, import.meta.url), join(installed, part), {
        recursive: true,
      });
    const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
    await symlink(modules, join(installed, 'node_modules'));
    const about = join(installed, 'package.json');
    const flags = [...usual, '--state-dir', join(parent, 'upgraded'), '--workers', '2'];
    const gateway = opened.use(
      await startServe(nextHop.address, flags, join(installed, 'src/main.ts')),
    );
    const ended = once(gateway.child, 'close');
    const { version } = JSON.parse(await readFile(about, 'utf8')) as { version: string };
    const upgraded = (await readFile(about, 'utf8')).replace(`"${version}"`, '"99.0.0"');
    await writeFile(about, upgraded);
    await send(gateway.smtp, mail());
    process.kill(gateway.workers().get(1) ?? 0, 'SIGKILL');
    assert.deepEqual(await ended, [1, null]);
    assert.match(
      gateway.complaints(),
      new RegExp(
        `^error: Aliaswatch 99\\.0\\.0 was installed while ${version} ran: start it again$`,
        'm',
      ),
    );
  },
);
