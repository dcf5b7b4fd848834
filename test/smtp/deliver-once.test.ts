import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memoryContent } from '../../src/smtp/content.ts';
import { deliverOnce } from '../../src/smtp/deliver-once.ts';
import { plainRoute } from '../../src/smtp/next-hop-settings.ts';
import { SmtpRecorder, type Script } from '../support/smtp-recorder.ts';

const held = Buffer.from('X-Prefix: ours\r\nSubject: held\r\n\r\n.\r\n');
const envelope = {
  mailFrom: '"a b"@s.test',
  rcptTo: ['Bob@e.test'],
  mailParameters: 'SIZE=12 BODY=8BITMIME RET=HDRS',
  rcptParameters: ['NOTIFY=NEVER ORCPT=rfc822;x+2By'],
};

describe('delivering a held message', () => {
  test('in its own session, with the parameters of the client', async () => {
    await using recorder = await SmtpRecorder.start();
    const answer = await deliverOnce(
      plainRoute(recorder.address, 'front.test'),
      envelope,
      memoryContent(held),
    );
    assert.deepEqual(answer, { code: 250, enhancedCode: '2.0.0', lines: ['Ok: queued as R1'] });
    assert.deepEqual(recorder.messages, [held]);
    assert.deepEqual(recorder.sessions[0]!.commands, [
      'EHLO front.test',
      `MAIL FROM:<"a b"@s.test> SIZE=${held.length} BODY=8BITMIME RET=HDRS`,
      'RCPT TO:<Bob@e.test> NOTIFY=NEVER ORCPT=rfc822;x+2By',
      'DATA',
      'QUIT',
    ]);
    await recorder.until(({ openSockets }) => openSockets === 0);
  });

  const cases: readonly {
    name: string;
    script: Script;
    expected: RegExp;
    stored?: Partial<typeof envelope>;
  }[] = [
    {
      name: 'sender refused',
      script: (line) => (/^MAIL/.test(line) ? '553 5.1.8 no' : undefined),
      expected: /^553 5\.1\.8 no$/,
    },
    {
      name: 'recipient refused',
      script: (line) => (/^RCPT/.test(line) ? '450 4.2.0 later' : undefined),
      expected: /^450 4\.2\.0 later$/,
    },
    {
      name: 'message refused',
      script: (line) => (line === '.' ? '554 5.7.1 no' : undefined),
      expected: /^554 5\.7\.1 no$/,
    },
    {
      name: 'lost',
      script: (line) => (line === '.' ? 'drop' : undefined),
      expected: /^451 4\.4\.1 /,
    },
    {
      name: '421',
      script: (line) => (/^RCPT/.test(line) ? '421 4.3.2 bye' : undefined),
      expected: /^421 4\.3\.2 bye$/,
    },
    { name: 'no greeting', script: () => 'drop', expected: /^451 4\.4\.1 / },
    {
      name: 'an address with a line ending',
      script: () => undefined,
      stored: { rcptTo: ['x@e.test>\r\nRCPT TO:<y@e.test'] },
      expected: /^451 4\.3\.0 /,
    },
  ];
  for (const c of cases) {
    test(c.name, async () => {
      await using recorder = await SmtpRecorder.start(c.script);
      const content = memoryContent(held);
      const { code, enhancedCode, lines } = await deliverOnce(
        plainRoute(recorder.address, 'front.test'),
        { ...envelope, ...c.stored },
        content,
      );
      assert.match(`${code} ${enhancedCode} ${lines.join()}`, c.expected);
      await recorder.until(({ openSockets }) => openSockets === 0);
      assert.equal(
        recorder.messages.length,
        c.name === 'message refused' || c.name === 'lost' ? 1 : 0,
      );
    });
  }
});
