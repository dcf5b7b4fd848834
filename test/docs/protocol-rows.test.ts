import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliverWithPrefix, startTestFrontHop } from '../support/smtp-front-hop.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { startSite, vendor, vendorRecords } from '../end-to-end/site.ts';

// Rows of docs/protocol.md that no other test shows.

const refusing = [
  { action: 'reject', reply: /^550 5\.7\.1 Refused by policy; ask about [0-9a-z]{20} at https:/ },
  { action: 'defer', reply: /^451 4\.7\.1 Deferred for review; ask about [0-9a-z]{20} at https:/ },
] as const;
for (const { action, reply } of refusing) {
  test(`action ${action}: its reply, and the next hop sees no DATA`, async () => {
    await using nextHop = await SmtpRecorder.start();
    await using site = await startSite({
      nextHop: nextHop.address,
      settings: { contactUrl: 'https://example.test/mail' },
      policy: { impersonation: { action } },
      zone: { ...vendorRecords, [vendor.domain]: { TXT: ['v=spf1 -all'] } },
    });
    const message = `From: ${vendor.address}\r\nTo: jo@example.test\r\nSubject: hello\r\n\r\nhello\r\n`;
    assert.match((await site.send(message))[0] ?? '', reply);
    assert.deepEqual(nextHop.messages, []);
    const commands = nextHop.mailSessions.flatMap((session) => session.commands);
    assert.equal(commands.includes('DATA'), false);
    assert.ok(commands.includes('RSET'));
  });
}

test('DATA behind nothing but bad recipients gets 554 and no 354, pipelined or not', async () => {
  await using recorder = await SmtpRecorder.start((line) =>
    line.startsWith('RCPT') ? '550 5.1.1 unknown' : undefined,
  );
  await using frontHop = await startTestFrontHop(recorder.address);
  await using client = await SmtpDialogue.greeted(frontHop.address);
  client.send('MAIL FROM:<a@s.test>', 'RCPT TO:<b@e.test>', 'RCPT TO:<c@e.test>', 'DATA');
  for (const code of [250, 550, 550, 554]) await client.expect(code);
  await client.command('RSET', 250);
});

test('an enhanced code stands once in every reply, of its class, and in none where it has no place', async () => {
  await using recorder = await SmtpRecorder.start((line) =>
    line.includes('<bad@') ? '550-5.1.1 no\r\n550 5.1.1 such user' : undefined,
  );
  await using frontHop = await startTestFrontHop(recorder.address);
  await using client = await SmtpDialogue.open(frontHop.address);
  const transcript = [...(await client.expect(220))];
  const lines = [
    'EHLO c.test',
    'MAIL FROM:<a@s.test>',
    'RCPT TO:<bad@e.test>',
    'RCPT TO:<b@e.test>',
    'VRFY x',
    'NONSENSE',
    'NOOP',
    'DATA',
  ];
  const plain = new Set(['220', 'EHLO', '354']);
  for (const line of [...lines, Buffer.from('Subject: x\r\n\r\n.\r\n'), 'RSET', 'QUIT']) {
    client.send(line);
    const answer = await client.expectAny();
    if (line !== 'EHLO c.test') transcript.push(...answer);
    else for (const keyword of answer) assert.doesNotMatch(keyword, /^250.\d\.\d/);
  }
  for (const line of transcript) {
    const codes = [...line.matchAll(/\b[245]\.\d{1,3}\.\d{1,3}\b/g)].map(([code]) => code);
    if (plain.has(line.slice(0, 3))) assert.deepEqual(codes, [], line);
    else assert.deepEqual(codes.map((code) => code[0]), [line[0]], line);
  }
});

test('a hundred recipients of one message', async () => {
  await using recorder = await SmtpRecorder.start();
  await using frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, {
    maxRecipients: 100,
  });
  await using client = await SmtpDialogue.greeted(frontHop.address);
  await client.command('MAIL FROM:<a@s.test>', 250);
  const recipients = Array.from({ length: 100 }, (_, index) => `RCPT TO:<r${index}@e.test>`);
  client.send(...recipients, 'RCPT TO:<one-more@e.test>');
  for (let count = 0; count < recipients.length; count++) await client.expect(250);
  assert.match((await client.expect(452))[0] ?? '', /^452 4\.5\.3 /);
  await client.data('Subject: all\r\n\r\n', 250);
  const [session] = recorder.mailSessions;
  assert.deepEqual(session?.commands.filter((line) => line.startsWith('RCPT')), recipients);
});
