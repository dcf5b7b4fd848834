import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openShell } from '../commands/shell.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { publishedLure, startSite, vendor, vendorMail } from './site.ts';

const shell = await openShell();

type Json = Readonly<Record<string, unknown>>;
type Member = { readonly id: string; readonly state: string; readonly reply: string };

/** Runs a command on the state of a running gateway, as an operator does beside it. */
async function beside(stateDir: string, ...args: readonly string[]): Promise<Json> {
  const environment = {
    ALIASWATCH_STATE_DIR: stateDir,
    ALIASWATCH_STORE: `sqlite:${stateDir}/baselines.db`,
  };
  const { json, stderr, code } = await shell.runJson(args, { environment });
  assert.equal(stderr, '', args.join(' '));
  assert.equal(code, 0);
  return json;
}

/** Commands and scoring of another process are told within seconds. */
async function eventually(check: () => Promise<boolean>, what: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(what);
}

test('held, confirmed by a command, tagged on sight, undone, released', async () => {
  await using nextHop = await SmtpRecorder.start();
  await using site = await startSite({ nextHop: nextHop.address });
  const here = (...args: readonly string[]) => beside(site.stateDir, ...args);
  const lure = await vendorMail({ tenant: publishedLure });
  assert.match((await site.send(lure))[0] ?? '', /^250 2\.0\.0 Held for review as /);
  const listed = await here('quarantine', 'list', '--state', 'held', '--alias', vendor.alias);
  const [held] = listed['messages'] as readonly { id: string; campaign: string }[];
  assert.ok(held);
  const none = await here('quarantine', 'list', '--text', 'nothing like it');
  assert.deepEqual(none['messages'], []);

  const members = async () => {
    const { members: found } = await here('campaign', 'show', held.campaign);
    return found as readonly Member[];
  };
  await eventually(async () => (await members()).length === 1, 'it is remembered');
  assert.deepEqual((await members())[0]?.state, 'held');

  const phone = 'Please call 802 538 3069 now';
  const mild = await vendorMail({ tenant: 'Alder Bakery', body: `Your code is 123456. ${phone}.` });
  const confirmed = await here('quarantine', 'confirm', held.id, '--reason', 'call-back lure');
  await eventually(async () => {
    await site.send(mild, { recipient: 'ann@example.test' });
    const last = nextHop.messages.at(-1)?.toString() ?? '';
    return /^X-Aliaswatch-Reason: shares what tells\s+campaign/m.test(last);
  }, 'what it shares is tagged');

  await here('quarantine', 'undo', String(confirmed['id']), '--reason', 'a mistake');
  const port = String(nextHop.address.port);
  const before = nextHop.messages.length;
  const released = await here('quarantine', 'release', held.id, '--next-hop', `127.0.0.1:${port}`);
  assert.deepEqual(
    [released['allDelivered'], released['learned'], nextHop.messages.length],
    [true, true, before + 1],
  );
  assert.ok(nextHop.messages.at(-1)?.toString('latin1').endsWith(lure));
  const { acts } = await here('quarantine', 'acts');
  assert.deepEqual(
    (acts as readonly { kind: string; reason: string }[]).map(({ kind, reason }) => [kind, reason]),
    [
      ['release', ''],
      ['undo', 'a mistake'],
      ['confirm-attack', 'call-back lure'],
    ],
  );
  const { stdout, code } = await shell.run(['audit', 'verify'], {
    environment: {
      ALIASWATCH_STATE_DIR: site.stateDir,
      ALIASWATCH_STORE: `sqlite:${site.stateDir}/baselines.db`,
    },
  });
  assert.equal(code, 0, stdout);
});

test('a tagged message is found and approved; an approved value counts no more against its alias', async () => {
  await using nextHop = await SmtpRecorder.start();
  await using site = await startSite({ nextHop: nextHop.address });
  const here = (...args: readonly string[]) => beside(site.stateDir, ...args);
  const phone = '802 538 3069';
  const mail = () =>
    vendorMail({ body: `Your code is 123456. To cancel, call support at ${phone} now.` });
  const seen = () =>
    nextHop.messages
      .at(-1)
      ?.toString()
      .replaceAll(/\r\n\s+/g, ' ') ?? '';
  await site.send(await mail());
  assert.match(seen(), /^X-Aliaswatch-Verdict: suspicious; action=tag; /);
  assert.match(seen(), /^X-Aliaswatch-Reason: .*phone \+18025383069/m);
  const id = / id=([0-9a-z]{20})/.exec(seen())?.[1] ?? '';
  await eventually(async () => {
    const page = await here('message', 'find', '--message-id', '<code@microsoftonline.com>');
    const [found] = page['messages'] as readonly { id: string; reply: string }[];
    if (found) assert.deepEqual([found.id, found.reply], [id, '250 2.0.0 Ok: queued as R1']);
    return found !== undefined;
  }, 'it is remembered');
  const approved = await here('message', 'approve', id, '--reason', 'asked the vendor');
  const [effect] = approved['effects'] as readonly { outcome: string }[];
  assert.equal(effect?.outcome, 'done');
  const value = ['approve-value', 'phone', phone, '--alias', vendor.alias, '--days', '7'];
  await here('quarantine', ...value);
  await eventually(async () => {
    await site.send(await mail());
    return /^X-Aliaswatch-Verdict: learning; action=pass; /.test(seen());
  }, 'the number is ordinary');
  const { approvals } = await here('quarantine', 'approvals', '--alias', vendor.alias);
  assert.equal((approvals as readonly { value: string }[])[0]?.value, '+18025383069');
});
