import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { openRedisStore } from '../../src/baseline/redis-store.ts';
import { defaultStoreLimits } from '../../src/baseline/store.ts';
import { startZoneServer } from '../../src/commands/demo/zone-server.ts';
import { smallRules } from '../activation/small-rules.ts';
import { signMessage } from '../support/dkim-keys.ts';
import { requireInstalled } from '../support/installed.ts';
import { startRedisCluster, type RedisServer } from '../support/redis.ts';
import { startServe } from '../support/served.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { vendorZone } from '../support/zone.ts';

/** By the slots of their aliases each is on a master of its own, in this order. */
const trees = ['alder', 'beech', 'rowan'] as const;
const sites = trees.map((tree) => `${tree}.example`);
const aliases = trees.map((tree) => `billing-${tree}-example`);

/** What a client saw of one message. */
type Sent = { readonly alias: number; startedMs: number; tookMs: number; reply: string };

test(
  'a Cluster whose masters are killed and hang under load costs verdicts, never mail, and counts nothing twice',
  { skip: requireInstalled('redis-server', 'redis-server'), timeout: 120_000 },
  async (context) => {
    await using opened = new AsyncDisposableStack();
    const cluster = opened.use(await startRedisCluster({ replicas: true, nodeTimeoutMs: 1000 }));
    const nextHop = opened.use(await SmtpRecorder.start());
    const rules = opened.use(
      await smallRules(
        `mode: tag\nwatch: [${sites.map((site) => `billing@${site}`).join(', ')}]\n`,
      ),
    );
    const records = sites.flatMap((site) =>
      Object.entries(vendorZone(site, { ip4: '127.0.0.0/8' })),
    );
    const dns = opened.use(
      await startZoneServer(Object.fromEntries(records), { host: '127.0.0.1', port: 0 }),
    );
    const stateDir = await mkdtemp(join(tmpdir(), 'aliaswatch-cluster-'));
    opened.defer(() => rm(stateDir, { recursive: true, force: true }));
    const flags = ['--dns', dns.address, '--rules', rules.path, '--state-dir', stateDir];
    const gateway = opened.use(
      await startServe(nextHop.address, [...flags, '--store', cluster.url, '--notice-mode', 'off']),
    );

    const sent: Sent[] = [];
    /** By the number of the message, as they come. */
    const verdicts = new Map<number, string>();
    const seen = new Set<Buffer>();
    const read = () => {
      for (const message of nextHop.messages) {
        if (seen.has(message)) continue;
        seen.add(message);
        const text = message.toString('latin1');
        const number = Number(/^X-Number: (\d+)/m.exec(text)?.[1]);
        const verdict = /^X-Aliaswatch-Verdict: (.*(?:\r\n[ \t].*)*)/m.exec(text)?.[1] ?? 'none';
        assert.ok(!verdicts.has(number), `message ${number} came twice`);
        verdicts.set(number, verdict);
      }
    };
    const stopping = new AbortController();
    const load = Promise.all(
      sites.flatMap((site, alias) =>
        [1, 2].map(async () => {
          await using client = await SmtpDialogue.greeted(gateway.smtp);
          while (!stopping.signal.aborted) {
            const each: Sent = { alias, startedMs: 0, tookMs: 0, reply: '' };
            const number = sent.push(each) - 1;
            const wire = await wireOf(site, number);
            each.startedMs = performance.now();
            await client.command(`MAIL FROM:<billing@${site}>`, 250);
            await client.command('RCPT TO:<jo@site.example>', 250);
            await client.command('DATA', 354);
            client.send(Buffer.from(wire), '.');
            each.reply = (await client.expectAny())[0] ?? '';
            each.tookMs = performance.now() - each.startedMs;
            await delay(100);
          }
        }),
      ),
    );

    // Where something else fails first, that is told.
    load.catch(() => undefined);

    /** Until a message of the alias that was sent later is judged; gives when it was sent. */
    const judgedAfter = async (alias: number, afterMs: number): Promise<number> => {
      const deadlineMs = performance.now() + 15_000;
      for (;;) {
        read();
        const found = sent.find(
          (mail, number) =>
            mail.alias === alias && mail.startedMs >= afterMs && isJudged(verdicts.get(number)),
        );
        if (found !== undefined) return found.startedMs;
        assert.ok(performance.now() < deadlineMs, `never judged: ${[...verdicts.values()].at(-1)}`);
        await delay(20);
      }
    };
    /** What befalls a master; gives in ms how long until its replica took over, and from then until mail was judged. */
    const lose = async (alias: number, how: 'SIGKILL' | 'SIGSTOP') => {
      const lostMs = performance.now();
      if (how === 'SIGKILL') await cluster.servers[alias]!.kill();
      else cluster.servers[alias]!.signal(how);
      await isMaster(cluster.servers[3 + alias]!);
      const replacedMs = performance.now();
      const judgedMs = (await judgedAfter(alias, replacedMs)) - replacedMs;
      assert.ok(judgedMs < 5000, `judged only ${judgedMs} ms after the failover`);
      const missed = sent.filter(
        (mail, number) =>
          mail.alias === alias &&
          mail.startedMs > lostMs &&
          /^unavailable; cause=store/.test(verdicts.get(number) ?? ''),
      ).length;
      assert.ok(missed > 0);
      const [took, again] = [replacedMs - lostMs, judgedMs].map(Math.round);
      context.diagnostic(
        `${how}: replaced after ${took} ms, judged ${again} ms later, ${missed} messages of it unavailable`,
      );
    };

    for (const alias of aliases.keys()) await judgedAfter(alias, 0);
    await lose(0, 'SIGKILL');
    await lose(1, 'SIGSTOP');
    cluster.servers[1]!.signal('SIGCONT');
    await cluster.servers[4]!.isFollowedBy(cluster.servers[1]!);
    await judgedAfter(1, performance.now());
    stopping.abort();
    await load;
    read();

    // Nothing was lost or refused, nothing came twice, and the store held nothing up.
    assert.deepEqual(
      sent.filter(({ reply }) => !reply.startsWith('250')),
      [],
    );
    assert.equal(verdicts.size, sent.length);
    const stage = 'aliaswatch_stage_duration_seconds';
    const asked = await gateway.metric(`${stage}_count`, 'stage="observe"');
    const soon = await gateway.metric(`${stage}_bucket`, 'le="1",stage="observe"');
    assert.equal(asked, sent.length);
    assert.equal(soon, asked, 'the store held a message up for more than a second');
    const unavailable = [...verdicts.values()].filter((verdict) => !isJudged(verdict)).length;
    const slowest = Math.max(...sent.map(({ tookMs }) => tookMs));
    context.diagnostic(
      `${sent.length} messages, ${unavailable} unavailable, the slowest took ${Math.round(slowest)} ms`,
    );

    await using store = await openRedisStore(cluster.url, defaultStoreLimits, { timeoutMs: 5000 });
    const now = new Date();
    // A lesson without an answer is offered again for some seconds.
    const judgedInAll = [...verdicts.values()].filter(isJudged).length;
    const settled = async () =>
      (await gateway.metric(`${stage}_count`, 'stage="commit"')) +
      (await gateway.metric('aliaswatch_lessons_lost_total'));
    while ((await settled()) < judgedInAll) await delay(100);
    const lessonsLost = await gateway.metric('aliaswatch_lessons_lost_total');
    let learned = 0;
    for (const [index, alias] of aliases.entries()) {
      const mine = sent.filter((mail) => mail.alias === index).length;
      const judged = sent.filter(
        (mail, number) => mail.alias === index && isJudged(verdicts.get(number)),
      ).length;
      const { dayMessages } = await store.observe({
        ...{ alias, at: now, values: [], signature: null, recipients: [], actor: '', count: false },
      });
      // This look is included. A message whose answer never came is counted once or not at all.
      const counted = dayMessages.today + dayMessages.yesterday - 1;
      assert.ok(counted <= mine, `${alias}: ${counted} of ${mine} messages are counted`);
      // What a master had no time to tell its replica is lost, of each session one message at most.
      assert.ok(counted >= judged - 2, `${alias}: ${counted} of ${judged} judged are counted`);
      const later = new Date(now.getTime() + 4 * 86_400_000);
      const { snapshot, values } = await store.describe(alias, later);
      const lessons = snapshot.counters['n'] ?? 0;
      const reach = values.find(({ table }) => table === 'reach');
      assert.equal(reach?.record.count ?? 0, lessons, `${alias}: a lesson was learned in part`);
      learned += lessons;
    }
    const commits = await gateway.metric(`${stage}_count`, 'stage="commit"');
    context.diagnostic(`${commits} lessons acknowledged, ${lessonsLost} not, ${learned} learned`);
    assert.ok(learned >= commits - 4 && learned <= commits + lessonsLost);
  },
);

function isJudged(verdict: string | undefined): boolean {
  return verdict !== undefined && verdict !== 'none' && !verdict.startsWith('unavailable');
}

function wireOf(site: string, number: number): Promise<string> {
  const lines = [
    `From: Billing <billing@${site}>`,
    'To: jo@site.example',
    'Subject: Your receipt',
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <receipt-${number}@${site}>`,
    `X-Number: ${number}`,
    '',
    'Thank you.',
    '',
  ];
  return signMessage(lines.join('\r\n'), { domain: site, selector: 'rsa' });
}

/** Nothing but the server itself tells when it has become a master. */
async function isMaster(server: RedisServer): Promise<void> {
  const client = new Redis(server.url);
  while (!(await client.info('replication')).includes('role:master')) await delay(10);
  client.disconnect();
}
