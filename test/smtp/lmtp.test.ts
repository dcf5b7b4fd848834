import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lmtpOutcome } from '../../src/smtp/lmtp-outcome.ts';
import { plainRoute } from '../../src/smtp/next-hop-settings.ts';
import { reply } from '../../src/smtp/reply.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { deliverWithPrefix, startTestFrontHop } from '../support/smtp-front-hop.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';

describe('one reply for all recipients of an LMTP next hop', () => {
  const cases: readonly { codes: readonly number[]; is: number | null; note?: string }[] = [
    { codes: [], is: null },
    { codes: [250], is: 250 },
    { codes: [250, 250], is: 250 },
    { codes: [550, 552], is: 550 },
    { codes: [550, 452], is: 452 },
    { codes: [250, 452], is: 452, note: '1 of 2 recipients have the message' },
    { codes: [250, 550, 250], is: 550, note: '2 of 3 recipients have the message' },
    { codes: [550, 250, 421], is: 421, note: '1 of 3 recipients have the message' },
  ];
  for (const { codes, is, note } of cases) {
    test(`${codes.join(', ') || 'none'} is ${is ?? 'nothing'}`, () => {
      const outcome = lmtpOutcome(codes.map((code) => reply(code, null, `${code}`)));
      assert.equal(outcome?.code ?? null, is);
      if (is !== null)
        assert.deepEqual(outcome?.lines, note === undefined ? [`${is}`] : [`${is}`, note]);
    });
  }
});

describe('LMTP to the next hop', () => {
  const cases: readonly { dot: string; code: number }[] = [
    { dot: '250 2.0.0 one\r\n250 2.0.0 two', code: 250 },
    { dot: '250 2.0.0 one\r\n452 4.2.2 full', code: 452 },
    { dot: '550-5.1.1 no\r\n550 5.1.1 user\r\n250 2.0.0 two', code: 550 },
    { dot: '250 2.0.0 one\r\ndrop', code: 451 },
    { dot: '421 4.3.2 shutting down\r\ndrop', code: 421 },
  ];
  for (const { dot, code } of cases) {
    test(JSON.stringify(dot), async () => {
      await using recorder = await SmtpRecorder.start((line) => {
        if (line === '.') return dot;
        if (line.startsWith('LHLO')) return '250 recorder.test';
        if (line.startsWith('EHLO')) return '500 5.5.1 this is LMTP';
        return line.includes('bad') ? '550 5.1.1 no' : undefined;
      });
      const route = { ...plainRoute(recorder.address, 'front.test'), protocol: 'lmtp' as const };
      await using frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, {
        route,
      });
      await using client = await SmtpDialogue.greeted(frontHop.address);
      await client.command('MAIL FROM:<a@s.test>', 250);
      await client.command('RCPT TO:<one@e.test>', 250);
      await client.command('RCPT TO:<bad@e.test>', 550); // no reply for it after the dot
      await client.command('RCPT TO:<two@e.test>', 250);
      await client.data('Subject: x\r\n\r\nbody\r\n', code);
    });
  }
});
