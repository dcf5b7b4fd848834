import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Act } from '../../src/review/review.ts';
import { openShell } from '../commands/shell.ts';
import { keepScreenshot } from '../support/browser.ts';
import { openConsole, press, startGateway, withoutServers } from './real-console.ts';
import { publishedLure, vendorMail } from './site.ts';

const shell = await openShell();

test(
  'whoever has a copy is told of the attack by the console, once; API and command say that it was done',
  { skip: withoutServers },
  async (t) => {
    await using gateway = await startGateway({ noticeTo: ['desk@example.test'] });
    const { mailbox, postfix, site } = gateway;
    const { page, complaints, foreign } = await openConsole(t, site);
    const recipients = ['ann@example.test', 'ben@example.test'];
    await site.send(await vendorMail({ tenant: publishedLure }), { recipients });
    await page.goto('/quarantine');
    await page.locator('[data-open]').click();
    await page.getByRole('heading', { name: publishedLure }).waitFor();
    await page.getByRole('complementary').locator('a[href^="/campaigns/"]').click();
    await page.getByRole('heading', { name: 'In mailboxes 0 copies' }).waitFor();
    const campaign = page.url().split('/').at(-1) ?? '';
    assert.equal(await page.getByText('those who have one').count(), 0, 'nobody has one');
    await page.goto(`/campaigns/${campaign}/notify?to=recipients`);
    assert.match(await page.locator('main').innerText(), /nobody has a copy of campaign/);

    await page.goto('/quarantine');
    await page.locator('[data-open]').click();
    await page.getByLabel('ben@example.test').uncheck();
    assert.match(await press(page, 'Release'), /^Released: /);
    await mailbox.until(({ messages }) => messages.length === 1);

    await page.goto(`/campaigns/${campaign}`);
    await page.getByText('those who have one…').click();
    await page.getByRole('heading', { name: 'Tell the recipients' }).waitFor();
    const asked = await page.locator('main').innerText();
    assert.match(asked, /1 of 1 recipients with a copy/);
    assert.match(asked, /1 delivered message/);
    assert.match(asked, /as ann@example\.test would get it/);
    assert.match(asked, /turned out to be an attack/);
    assert.doesNotMatch(asked, /802 538 3069/, 'the lure does not work in it');
    await keepScreenshot(page, 'console-notify');
    await page.getByLabel('Reason for the audit log').fill('call-back lure');
    // A double click sends the form twice.
    const button = page.getByRole('button', { name: 'Tell 1 person' });
    await button.dblclick();
    await page.getByRole('heading', { name: 'In mailboxes 1 copy' }).waitFor();
    assert.equal(new URL(page.url()).pathname, `/campaigns/${campaign}`);
    assert.match(await page.locator('.notice').innerText(), /^Told(?:\.|: )/);

    const of = ['--state-dir', site.stateDir, '--store', `sqlite:${site.stateDir}/baselines.db`];
    const sendNow = [
      'notice',
      'send-digest',
      ...of,
      '--next-hop',
      `${postfix.host}:${postfix.port}`,
    ];
    const sent = await shell.run([...sendNow, '--notice-to', 'desk@example.test']);
    assert.equal(sent.code, 0, sent.stderr);
    await mailbox.until(({ messages }) =>
      messages.some((mail) => /^X-Aliaswatch-Notice: attack/m.test(String(mail))),
    );
    const notices = mailbox.messages
      .map(String)
      .filter((mail) => /^X-Aliaswatch-Notice: attack/m.test(mail));
    assert.equal(notices.length, 1);
    assert.match(notices[0] ?? '', /^To: ann@example\.test/m);

    const made = await shell.run(['token', 'create', 'tickets', '--scope', 'review', ...of]);
    const token = /\S{30,}/.exec(made.stdout)?.[0] ?? '';
    const { host, port } = site.server.http;
    const api = (path: string, body?: object) =>
      fetch(`http://${host}:${port}/api/v1${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': 'once',
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const preview = (await (await api(`/campaigns/${campaign}/notice`)).json()) as object;
    assert.deepEqual(
      { ...preview, notice: null },
      {
        to: 'recipients',
        people: 1,
        news: 0,
        messages: 1,
        nameless: 0,
        confirmed: false,
        notice: null,
      },
    );
    const ask = { kind: 'notify', campaign, to: 'recipients', reason: 'again' };
    const answers = await Promise.all([api('/acts', ask), api('/acts', ask)]);
    const acts = (await Promise.all(answers.map((answer) => answer.json()))) as Act[];
    assert.equal(acts[0]?.id, acts[1]?.id, 'one key, one act');
    assert.equal(acts[0]?.effects[0]?.outcome, 'already');
    const command = await shell.run(['campaign', 'notify', campaign, '--to', 'recipients', ...of]);
    assert.match(command.stdout, /already +nobody is told again/);

    const list = ['audit', 'list', '--act', 'campaign-notified', '--state-dir', site.stateDir];
    const { json } = await shell.runJson(list);
    const records = json['records'] as { actor: object; reason: string; subject: string }[];
    assert.deepEqual(
      records.map(({ actor, reason, subject }) => [actor, reason, subject]),
      [[{ kind: 'operator', name: 'local', via: 'console' }, 'call-back lure', campaign]],
    );
    await page.goto('/acts');
    const told = page.locator('main tbody tr', { hasText: 'Told people of an attack' });
    assert.ok((await told.count()) >= 3);
    assert.equal(await told.getByText('Undo…').count(), 0, 'what was told stays told');
    assert.equal((await shell.run(['audit', 'verify', ...of])).code, 0);
    assert.deepEqual([complaints, foreign], [[], []]);
  },
);
