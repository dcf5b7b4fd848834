import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { openShell } from '../commands/shell.ts';
import { skipWithoutPostfix, startPostfix } from '../support/postfix.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { publishedLure, startSite, vendorMail } from './site.ts';

const shell = await openShell();

/** Greylisting as mail servers do it, asked by Postfix about every recipient (its SMTPD_POLICY_README). */
async function startPolicyServer() {
  const policy = { action: 'DUNNO' };
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      if (data.toString().endsWith('\n\n')) socket.write(`action=${policy.action}\n\n`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { policy, port, [Symbol.dispose]: () => server.close() };
}

test(
  'held, released by command to one while Postfix says 451, and again; to the other by the API; the record verifies',
  { skip: skipWithoutPostfix() },
  async () => {
    await using mailbox = await SmtpRecorder.start();
    using greylisting = await startPolicyServer();
    await using postfix = await startPostfix(mailbox.address, [
      `smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:${greylisting.port}`,
    ]);
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
    greylisting.policy.action = '451 4.7.1 Greylisted';
    const refused = await shell.run(release);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /451 4\.7\.1 .*Greylisted; it stays held/);
    assert.equal(mailbox.messages.length, 0);
    greylisting.policy.action = 'DUNNO';
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

    const sentTo = mailbox.mailSessions.flatMap(({ commands }) =>
      commands.flatMap((line) => /^RCPT TO:<(.*?)>/.exec(line)?.[1] ?? []),
    );
    assert.deepEqual(sentTo, recipients);
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
