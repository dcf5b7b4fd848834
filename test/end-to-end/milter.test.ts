import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostPort } from '../../src/config/host-port.ts';
import { freePort } from '../support/smtp-ports.ts';
import { shippedRuleSet } from '../support/shipped-rule-set.ts';
import { skipWithoutPostfix, startPostfix } from '../support/postfix.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { askingLines, clientAddress, startMilterSite } from './milter-site.ts';
import { gatewayName, publishedLure, vendor, vendorMail } from './site.ts';

type Mail = { readonly message: string; readonly recipients?: readonly string[] };

/** One session for all of them; the final replies, or the first refusal of each. */
async function sendAll(address: HostPort, mails: readonly Mail[]): Promise<string[]> {
  await using client = await SmtpDialogue.greeted(address, clientAddress);
  const replies: string[] = [];
  for (const { message, recipients = ['jo@example.test'] } of mails) {
    const rcptTo = recipients.map((recipient) => `RCPT TO:<${recipient}>`);
    let reply: string[] = [];
    for (const line of [`MAIL FROM:<${vendor.address}>`, ...rcptTo, 'DATA']) {
      client.send(line);
      reply = await client.expectAny();
      if (!/^[23]/.test(reply[0] ?? '')) break;
    }
    if (reply[0]?.startsWith('354') === true) {
      client.send(Buffer.from(message.replaceAll('\r\n.', '\r\n..'), 'latin1'), '.');
      reply = await client.expectAny();
    } else await client.command('RSET', 250);
    replies.push(reply[0] ?? '');
  }
  return replies;
}

/** What Postfix delivered, without its own Received, which stands below our fields. */
function withoutReceived(delivered: Buffer | undefined): string {
  return (delivered?.toString('latin1') ?? '').replace(/^Received: .*\r\n(?:[ \t].*\r\n)*/m, '');
}

const taken = /^250 2\.0\.0 Ok: queued as /;

test('asked by a real Postfix', { skip: skipWithoutPostfix() }, async (t) => {
  // Since 3.9 Postfix makes a space of each stray CR or LF itself.
  await using site = await startMilterSite({
    mainCf: ['cleanup_replace_stray_cr_lf = no'],
    settings: { mode: null },
    policy: {
      mode: 'enforce',
      overrides: [{ for: { recipient: new Set(['tagged@example.test']) }, set: { mode: 'tag' } }],
    },
  });
  const { postfix, mailbox } = site;
  const arrived = (count: number) => mailbox.until(({ messages }) => messages.length >= count);

  await t.test('honest mail arrives as it was sent, under our fields', async () => {
    const message = await vendorMail({
      fields: ['X-Odd:no space', 'X-Folded: a\r\n\tb\r\n  c', 'X-Tail: spaces  '],
    });
    assert.match((await sendAll(postfix, [{ message }]))[0] ?? '', taken);
    await arrived(1);
    const delivered = withoutReceived(mailbox.messages[0]);
    assert.ok(delivered.endsWith(message), 'the bytes are as sent');
    const ours = delivered.slice(0, -message.length);
    assert.match(ours, /^X-Aliaswatch-Verdict: learning; action=pass; /);
    assert.match(ours, /\r\nAuthentication-Results: gateway\.test; [^]*spf=pass[^]*dkim=pass/);
    assert.match(ours, /dmarc=pass/);
    assert.doesNotMatch(ours, /^Received/m);
    const whole = mailbox.messages[0]?.toString('latin1') ?? '';
    assert.ok(
      whole.indexOf('Authentication-Results') < whole.indexOf('Received: from client.test'),
    );
  });

  await t.test('fields that forge ours are gone, other ones of the name stay', async () => {
    const message = await vendorMail();
    const foreign = 'Authentication-Results: elsewhere.test; spf=fail\r\n';
    const forged = [
      'X-Aliaswatch-Verdict: clean\r\n',
      `Authentication-Results: ${gatewayName}; dkim=pass\r\n`,
      foreign,
      `Authentication-Results: ${gatewayName};\r\n\tspf=pass\r\n`,
      'x-aliaswatch-reason: none\r\n',
    ].join('');
    await sendAll(postfix, [{ message: forged + message }]);
    await arrived(2);
    const delivered = withoutReceived(mailbox.messages[1]);
    assert.ok(delivered.endsWith(foreign + message));
    assert.equal(delivered.match(/^x-aliaswatch-/gim)?.length, 1);
    assert.equal(delivered.match(/^Authentication-Results: gateway\.test/gm)?.length, 1);
  });

  await t.test('the tenant-name attack is held in the queue of Postfix', async () => {
    const message = await vendorMail({ tenant: publishedLure });
    const [reply] = await sendAll(postfix, [{ message }]);
    assert.match(reply ?? '', taken);
    const id = /queued as (\w+)/.exec(reply ?? '')?.[1] ?? '?';
    assert.match(await postfix.queue(), new RegExp(`^${id}!`, 'm'));
    assert.equal(mailbox.messages.length, 2);
    assert.equal(await site.metric('aliaswatch_milter_messages_total{outcome="held"}'), 1);
    assert.equal(await site.metric('aliaswatch_quarantine_held_total'), 0);
  });

  await t.test('and says why when it is let go', async () => {
    await postfix.release();
    await arrived(3);
    const delivered = mailbox.messages[2]?.toString('latin1') ?? '';
    assert.match(delivered, /^X-Aliaswatch-Verdict: anomalous; action=quarantine; /);
    assert.match(delivered, /^X-Aliaswatch-Reason: /m);
  });

  await t.test('several messages of a connection, to several recipients', async () => {
    const recipients = ['jo@example.test', 'bad@example.test', 'al@example.test'];
    const honest = await vendorMail();
    const replies = await sendAll(postfix, [
      { message: honest, recipients: ['jo@example.test', 'al@example.test'] },
      { message: honest, recipients },
      { message: await vendorMail({ tenant: publishedLure }) },
      { message: honest },
    ]);
    assert.match(replies[0] ?? '', taken);
    assert.match(replies[1] ?? '', /^550 5\.1\.1/);
    assert.match(replies[2] ?? '', taken);
    assert.match(replies[3] ?? '', taken);
    await arrived(5);
    assert.match(await postfix.queue(), /^\w+!/m);
    assert.equal(mailbox.messages.length, 5);
  });

  await t.test('a bare CR is refused as the front hop refuses it', async () => {
    const message = await vendorMail({ body: 'a\rb' });
    assert.match((await sendAll(postfix, [{ message }]))[0] ?? '', /^550 5\.6\.11 Bare CR or LF/);
  });

  await t.test(
    'a client that another mail server speaks for is judged by its own address',
    async () => {
      const before = mailbox.messages.length;
      await using client = await SmtpDialogue.greeted(postfix, '127.0.0.1');
      await client.command('XCLIENT ADDR=198.51.100.7 NAME=[UNAVAILABLE]', 220);
      await client.command('EHLO stranger.test', 250);
      await client.command(`MAIL FROM:<${vendor.address}>`, 250);
      await client.command('RCPT TO:<jo@example.test>', 250);
      const unsigned = (await vendorMail()).replace(/^DKIM-Signature: [^]*?\r\n(?=From)/, '');
      await client.data(unsigned, 250);
      await arrived(before + 1);
      const delivered = mailbox.messages.at(-1)?.toString('latin1') ?? '';
      assert.match(delivered, /^X-Aliaswatch-Verdict: impersonation; action=tag;\s/);
      assert.match(delivered, /spf=(?:soft)?fail/);
    },
  );

  await t.test('recipients under two policies come in two transactions', async () => {
    await using client = await SmtpDialogue.greeted(postfix, clientAddress);
    await client.command(`MAIL FROM:<${vendor.address}>`, 250);
    await client.command('RCPT TO:<jo@example.test>', 250);
    const [reply] = await client.command('RCPT TO:<tagged@example.test>', 452);
    assert.match(reply ?? '', /^452 4\.5\.3 Send this recipient in another transaction/);
    await client.command('RSET', 250);
    await client.command(`MAIL FROM:<${vendor.address}>`, 250);
    await client.command('RCPT TO:<tagged@example.test>', 250);
    const before = mailbox.messages.length;
    await client.data(await vendorMail({ tenant: publishedLure }), 250);
    await arrived(before + 1);
    const delivered = mailbox.messages.at(-1)?.toString('latin1') ?? '';
    assert.match(delivered, /^X-Aliaswatch-Verdict: anomalous; action=tag; /);
  });

  await t.test('sessions end with their clients', async () => {
    for (;;) if ((await site.metric('aliaswatch_milter_sessions')) === 0) break;
    assert.equal(await site.metric('aliaswatch_milter_faults_total{cause="protocol"}'), 0);
  });
});

test(
  'asked by a real Postfix, warnings are put into tagged mail',
  { skip: skipWithoutPostfix() },
  async () => {
    const { warning } = shippedRuleSet.policy;
    await using site = await startMilterSite({
      settings: { mode: 'tag' },
      policy: { warning: { ...warning, banner: true, subjectTag: '[careful]' } },
    });
    const message = await vendorMail({ tenant: publishedLure });
    assert.match((await sendAll(site.postfix, [{ message }]))[0] ?? '', taken);
    await site.mailbox.until(({ messages }) => messages.length === 1);
    const delivered = withoutReceived(site.mailbox.messages[0]);
    assert.match(delivered, /^X-Aliaswatch-Verdict: anomalous; action=tag; /);
    assert.match(delivered, /^Subject: \[careful\]\r\n Your Bitcoin/m);
    const body = delivered.slice(delivered.indexOf('\r\n\r\n') + 4);
    assert.notEqual(body, 'Your code is 123456.\r\n');
    assert.match(body, /Your code is 123456\./);
  },
);

test(
  'without an answer Postfix does as milter_default_action says',
  { skip: skipWithoutPostfix() },
  async () => {
    await using mailbox = await SmtpRecorder.start();
    const nowhere = { host: '127.0.0.1', port: await freePort() };
    const message = await vendorMail();
    {
      await using postfix = await startPostfix(mailbox.address, askingLines(nowhere));
      await using client = await SmtpDialogue.open(postfix, clientAddress);
      await client.expect(220);
      client.send('EHLO client.test', `MAIL FROM:<${vendor.address}>`);
      const replies = [await client.expectAny(), await client.expectAny()];
      assert.match(replies.flat().join('\n'), /^451 4\.7\.1 Service unavailable/m);
    }
    await using postfix = await startPostfix(mailbox.address, [
      ...askingLines(nowhere),
      'milter_default_action = accept',
    ]);
    assert.match((await sendAll(postfix, [{ message }]))[0] ?? '', taken);
    await mailbox.until(({ messages }) => messages.length === 1);
    assert.ok(withoutReceived(mailbox.messages[0]).endsWith(message));
  },
);
