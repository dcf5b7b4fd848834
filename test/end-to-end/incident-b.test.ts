import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openShell } from '../commands/shell.ts';
import { copyOfRules } from '../config/rule-directory.ts';
import { recordedLog } from '../observability/samples.ts';
import { startVendorMailSite, type VendorMailSite } from './vendor-mail-site.ts';

const shell = await openShell();

/** A condition of the operator's own, with a weight. */
const conditions = (bits: number) => `conditions:
  - id: invoice
    name: An invoice
    when: 'message.subject.contains("Invoice")'
    effect: { bits: ${bits} }
    forced: true
`;

type Status = {
  readonly inForce: { readonly active: string };
  readonly processes: readonly { readonly ruleset: string }[];
  readonly breaker: {
    readonly openings: readonly { readonly cause: string; readonly reason: string }[];
  };
  readonly heldOnly: readonly { readonly ruleset: string; readonly messages: number }[];
};

async function statusOf(site: VendorMailSite): Promise<Status> {
  const { json } = await shell.runJson(['rules', 'status', ...site.flags]);
  return json as unknown as Status;
}

/** Until the gateway judges by this set. */
async function follows(site: VendorMailSite, version: string): Promise<Status> {
  for (;;) {
    const status = await statusOf(site);
    if (status.processes.every(({ ruleset }) => ruleset === version)) return status;
    await delay(20);
  }
}

/** How often the next hop has each message. */
function copiesAt({ nextHop }: VendorMailSite): ReadonlyMap<string, number> {
  const ids = nextHop.delivered.map(
    ({ bytes }) => /^Message-ID: (\S+)/im.exec(bytes.toString('latin1'))?.[1] ?? '',
  );
  return new Map(
    Map.groupBy(ids, (id) => id)
      .entries()
      .map(([id, same]) => [id, same.length]),
  );
}

const isHeld = (reply: string) => reply.includes('Held for review');

test('incident (b): one changed weight would hold a fifth of honest mail', async (t) => {
  await using rules = await copyOfRules();
  await rm(`${rules.path}/tests`, { recursive: true, force: true });
  await rules.write('conditions.yaml', conditions(0.5));
  const policy = await readFile(`${rules.path}/policy.yaml`, 'utf8');
  await rules.write('policy.yaml', policy.replace(/^mode: tag\b/m, 'mode: enforce'));
  const { log, lines } = recordedLog('warn');
  await using site = await startVendorMailSite(rules.path, log);
  const good = (await statusOf(site)).inForce.active;
  const before = site.nextHop.delivered.length;
  const usual = await site.sendHonest(10);
  assert.ok(!usual.some(isHeld), 'honest mail goes through');

  await rules.write('conditions.yaml', conditions(18));
  const activate = ['rules', 'activate', rules.path, ...site.flags];

  await t.test('the gate refuses it, with its numbers', async () => {
    const { code, stderr } = await shell.run(activate);
    assert.equal(code, 1);
    const share =
      /([\d.]+) % of mail would be held that is not held now; activation\.gate\.maxNewlyHeldShare allows 0\.2 %/.exec(
        stderr,
      );
    assert.ok(Number(share?.[1]) > 10 && Number(share?.[1]) < 30, stderr);
    assert.match(stderr, /is not activated: what was in force stays/);
    assert.equal((await statusOf(site)).inForce.active, good);
  });

  const forced = await shell.runJson([...activate, '--force', '--reason', 'urgent']);
  assert.equal(forced.code, 0, forced.stderr);
  const bad = String(forced.json['version']);
  await follows(site, bad);
  const replies = await site.sendHonest(50);

  await t.test(
    'forced through, the breaker opens within 50 messages; the rest is tagged only',
    async () => {
      const held = replies.filter(isHeld).length;
      assert.ok(held >= 2 && held < 10, `${held} held`);
      const opened = lines().find(({ msg }) => String(msg).startsWith('breaker opened'));
      assert.equal(opened?.['cause'], 'ruleset');
      assert.equal(
        opened['advice'],
        `${held} messages are held only because of ruleset ${bad}: \`aliaswatch rules rollback --release-held\` restores ${good} and delivers them`,
      );
      const later = site.nextHop.delivered.slice(before + usual.length);
      const tagged = later.filter(({ bytes }) =>
        /^X-Aliaswatch-Verdict: anomalous; action=tag;/m.test(bytes.toString('latin1')),
      );
      assert.ok(tagged.length > 0, 'what would have been held is tagged');
      const status = await statusOf(site);
      assert.deepEqual(
        status.breaker.openings.map(({ cause }) => cause),
        ['ruleset'],
      );
      assert.deepEqual(status.heldOnly[0], { ruleset: bad, previous: good, messages: held });
      const { stdout } = await shell.run(['rules', 'status', ...site.flags]);
      assert.match(stdout, new RegExp(`${held} messages are held only because of ruleset ${bad}`));
    },
  );

  await t.test('one command restores the rules and delivers what they held', async () => {
    const rollback = [
      'rules',
      'rollback',
      '--release-held',
      '--json',
      ...site.flags,
      ...site.delivery,
    ];
    const held = replies.filter(isHeld).length;
    const back = await shell.run([...rollback, '--rules-dir', rules.path]);
    assert.equal(back.code, 0, back.stderr);
    const said = back.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual([said[0]?.['version'], said[0]?.['previous']], [good, bad]);
    const all = { released: held, stillHeld: 0, interrupted: false, elsewhere: [] };
    assert.deepEqual(said.at(-1), { rulesets: [bad], ...all });
    assert.equal(said.length, held + 2, 'a line for each message');
    const status = await follows(site, good);
    assert.deepEqual(status.breaker.openings, [], 'the breaker was that of the other rules');
    // Again it takes back no more, and delivers nothing twice.
    const again = await shell.run([...rollback, '--rules-dir', rules.path]);
    assert.equal(again.code, 0, again.stderr);
    assert.equal((await statusOf(site)).inForce.active, good);
  });

  await t.test('every message is at the next hop once', async () => {
    const more = await site.sendHonest(10);
    assert.ok(!more.some(isHeld));
    const copies = copiesAt(site);
    assert.equal(copies.size, before + usual.length + replies.length + more.length);
    assert.deepEqual(
      [...copies].filter(([, count]) => count !== 1),
      [],
    );
  });
});
