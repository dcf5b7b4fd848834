import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openShell } from '../commands/shell.ts';
import { startGreylistingPostfix } from '../support/greylisting-postfix.ts';
import { skipWithoutPostfix } from '../support/postfix.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { publishedLure, startSite, vendorMail } from './site.ts';

const shell = await openShell();

test(
  'held, released by command to one while Postfix says 451, and again; to the other by the API; the record verifies',
  { skip: skipWithoutPostfix() },
  async () => {
    await using mailbox = await SmtpRecorder.start();
    await using postfix = await startGreylistingPostfix(mailbox.address);
    await using site = await startSite({ nextHop: postfix });
    const lure = await vendorMail({ tenant: publishedLure });
    const recipients = ['ann@example.test', 'ben@example.test'];
    const [held = ''] = await site.send(lure, { recipients });
    const id = /^250 2\.0\.0 Held for review as ([0-9a-z]{20})$/.exec(held)?.[1] ?? '';
    assert.notEqual(id, '', held);

    const of = ['--state-dir', site.stateDir, '--store', `sqlite:${site.stateDir}/baselines.db`];
    const nextHop = `${postfix.host}:${postfix.port}`;
    const toAnn = ['quarantine', 'release', id, '--rcpt', 'ann@example.test', ...of];
    const release = [...toAnn, '--next-hop', nextHop];
    postfix.greylist(true);
    const refused = await shell.run(release);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /451 4\.7\.1 .*Greylisted; it stays held/);
    assert.equal(mailbox.messages.length, 0);
    postfix.greylist(false);
    const released = await shell.run(release);
    assert.equal(released.code, 0, released.stderr);
    await mailbox.until(({ messages }) => messages.length === 1);

    const made = await shell.run(['token', 'create', 'tickets', '--scope', 'review', ...of]);
    const token = /\S{30,}/.exec(made.stdout)?.[0] ?? '';
    const { host, port } = site.server.http;
    const answer = await fetch(`http://${host}:${port}/api/v1/acts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'release', messages: [id], reason: 'asked by phone' }),
    });
    const act = (await answer.json()) as { readonly effects: readonly { outcome: string }[] };
    assert.equal(answer.status, 200, JSON.stringify(act));
    assert.deepEqual(
      act.effects.map(({ outcome }) => outcome),
      ['done'],
    );
    await mailbox.until(({ messages }) => messages.length === 2);

    assert.deepEqual(mailbox.rcptTo, recipients);
    for (const delivered of mailbox.messages) {
      const text = delivered.toString('latin1');
      assert.ok(text.endsWith(lure), 'the bytes are as received');
      assert.match(text, /^X-Aliaswatch-Released: /m);
      assert.match(text, /^X-Aliaswatch-Verdict: anomalous; action=quarantine;/m);
    }
    const verified = await shell.run(['audit', 'verify', ...of]);
    assert.equal(verified.code, 0, verified.stdout);
    const acts = await shell.runJson(['quarantine', 'acts', ...of]);
    assert.deepEqual(
      (acts.json['acts'] as { kind: string; by: { via: string } }[]).map(({ by }) => by.via),
      ['api', 'command', 'command'],
    );
  },
);
