import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { deliverOnce } from '../../src/smtp/deliver-once.ts';
import { plainRoute } from '../../src/smtp/next-hop-settings.ts';
import { memoryContent } from '../../src/smtp/content.ts';
import { skipWithoutPostfix, startPostfix, type Postfix } from '../support/postfix.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import {
  deliverWithPrefix,
  startTestFrontHop,
  type TestFrontHop,
} from '../support/smtp-front-hop.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';

// With all the fields that Postfix would add otherwise.
const message = [
  'Subject: hello',
  'From: a@sender.test',
  'Date: Sun, 22 Nov 2026 10:00:00 +0000',
  'Message-Id: <1@sender.test>',
  '',
  '.body',
  '',
].join('\r\n');

suite('a real Postfix as next hop', { skip: skipWithoutPostfix() }, () => {
  let mailbox: SmtpRecorder;
  let postfix: Postfix;
  let frontHop: TestFrontHop;

  const opened = new AsyncDisposableStack();

  before(async () => {
    mailbox = opened.use(await SmtpRecorder.start());
    postfix = opened.use(await startPostfix(mailbox.address));
    frontHop = opened.use(await startTestFrontHop(postfix));
  });
  after(() => opened.disposeAsync());

  test('announces what both can do', async () => {
    await using client = await SmtpDialogue.open(frontHop.address);
    await client.expect(220);
    const keywords = (await client.command('EHLO client.test', 250))
      .slice(1)
      .map((line) => line.slice(4));
    assert.deepEqual(keywords, [
      'PIPELINING',
      'SIZE 10000000',
      '8BITMIME',
      'SMTPUTF8',
      'DSN',
      'ENHANCEDSTATUSCODES',
    ]);
  });

  test('each recipient gets the reply of Postfix, and the message arrives unchanged', async () => {
    await using client = await SmtpDialogue.greeted(frontHop.address, '127.0.0.2');
    await client.command('MAIL FROM:<a@sender.test> SIZE=100 RET=HDRS ENVID=x+2By', 250);
    assert.deepEqual(await client.command('RCPT TO:<bad@example.test>', 550), [
      '550 5.1.1 <bad@example.test>: Recipient address rejected: no such user',
    ]);
    assert.deepEqual(await client.command('RCPT TO:<full@example.test>', 452), [
      '452 4.2.2 <full@example.test>: Recipient address rejected: mailbox full',
    ]);
    await client.command(
      'RCPT TO:<Bob@example.test> NOTIFY=FAILURE ORCPT=rfc822;bob+2B1@example.test',
      250,
    );
    assert.match(
      (await client.data(message.replace('\r\n.', '\r\n..'), 250))[0]!,
      /^250 2\.0\.0 Ok: queued as \w+$/,
    );
    await mailbox.until(({ messages }) => messages.length === 1);
    const delivered = mailbox.messages[0]!.toString();
    assert.ok(delivered.endsWith(`X-Prefix: ours\r\n${message}`), delivered);
    // Postfix took our word for the client: name and address are not ours.
    assert.match(delivered, /^Received: from client\.test \(unknown \[127\.0\.0\.2\]\)/m);
    const commands = mailbox.mailSessions[0]!.commands.join('\n');
    assert.match(commands, /^MAIL FROM:<a@sender\.test>.* ENVID=x\+2By RET=HDRS$/m);
    assert.match(
      commands,
      /^RCPT TO:<Bob@example\.test> ORCPT=rfc822;bob\+2B1@example\.test NOTIFY=FAILURE$/m,
    );
  });

  test('strangers cannot relay through us, although Postfix trusts our address', async () => {
    await using stranger = await SmtpDialogue.greeted(frontHop.address, '127.0.0.2');
    await stranger.command('MAIL FROM:<a@sender.test>', 250);
    assert.match(
      (await stranger.command('RCPT TO:<b@elsewhere.test>', 554))[0]!,
      /Relay access denied/,
    );
    await using trusted = await SmtpDialogue.greeted(postfix);
    await trusted.command('MAIL FROM:<a@sender.test>', 250);
    await trusted.command('RCPT TO:<b@elsewhere.test>', 250);
  });

  test('the rest of a pipelined session after a refused recipient', async () => {
    await using client = await SmtpDialogue.greeted(frontHop.address);
    client.send(
      'MAIL FROM:<>',
      'RCPT TO:<bad@example.test>',
      'DATA',
      'RSET',
      'MAIL FROM:<a@s.test>',
      'QUIT',
    );
    for (const code of [250, 550, 554, 250, 250, 221]) await client.expect(code);
  });

  test('held mail leaves nothing behind, and the next message goes through', async () => {
    await using holding = await startTestFrontHop(postfix, async (transaction, nextHop) => {
      if (transaction.envelope.mailFrom !== 'held@s.test')
        return deliverWithPrefix(transaction, nextHop);
      await nextHop.abandon();
      return { code: 250, enhancedCode: '2.6.0', lines: [`held as ${transaction.id}`] };
    });
    await using client = await SmtpDialogue.greeted(holding.address);
    const before = mailbox.messages.length;
    for (const sender of ['held@s.test', 'clean@s.test']) {
      await client.command(`MAIL FROM:<${sender}>`, 250);
      await client.command('RCPT TO:<bob@example.test>', 250);
      await client.data(message, 250);
    }
    await mailbox.until(({ messages }) => messages.length === before + 1);
    assert.match(mailbox.mailSessions.at(-1)!.commands.join('\n'), /^MAIL FROM:<clean@s\.test>/m);
  });

  test('a release gets the reply of Postfix', async () => {
    const envelope = {
      mailFrom: 'a@s.test',
      mailParameters: 'SIZE=1 BODY=8BITMIME',
      rcptParameters: ['NOTIFY=NEVER'],
    };
    const release = (recipient: string) =>
      deliverOnce(
        plainRoute(postfix, 'front.test'),
        { ...envelope, rcptTo: [recipient] },
        memoryContent(Buffer.from(message)),
      );
    const accepted = await release('carol@example.test');
    assert.equal(accepted.code, 250);
    assert.match(accepted.lines.join(), /queued as/);
    assert.equal((await release('full@example.test')).code, 452);
  });
});
