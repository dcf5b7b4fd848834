import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { deliverWithPrefix, startTestFrontHop } from '../support/smtp-front-hop.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { skipWithoutSmtpSink, startSmtpSink } from '../support/smtp-sink.ts';
import { defaultTimeouts } from '../../src/smtp/next-hop-settings.ts';

const lost = '451 4.4.1 Next hop is not available, try again later';

suite('smtp-sink as a next hop with faults', { skip: skipWithoutSmtpSink() }, () => {
  const cases: readonly {
    name: string;
    faults: readonly string[];
    expected: readonly (string | RegExp)[];
  }[] = [
    { name: 'none', faults: [], expected: [/^250 2/, /^250 2/, /^354/, /^250 2/] },
    {
      name: 'none, without XCLIENT',
      faults: ['-C'],
      expected: [/^250 2/, /^250 2/, /^354/, /^250 2/],
    },
    { name: 'no ESMTP', faults: ['-e'], expected: [/^250/, /^250/, /^354/, /^250/] },
    { name: 'lost final reply', faults: ['-q', '.'], expected: [/^250/, /^250/, /^354/, lost] },
    { name: 'lost at DATA', faults: ['-q', 'DATA'], expected: [/^250/, /^250/, /^354/, lost] },
    { name: '421 at MAIL', faults: ['-Q', 'MAIL'], expected: [/^421/] },
    { name: '421 at RCPT', faults: ['-Q', 'RCPT'], expected: [/^250/, /^421/] },
    {
      name: '4xx at RCPT',
      faults: ['-r', 'RCPT'],
      expected: [/^250/, /^4[0-57-9]\d 4\./, /^554 5\.5\.1/],
    },
    {
      name: '5xx at RCPT',
      faults: ['-f', 'RCPT'],
      expected: [/^250/, /^5\d\d 5\./, /^554 5\.5\.1/],
    },
    {
      name: '5xx at MAIL',
      faults: ['-f', 'MAIL'],
      expected: [/^5\d\d 5\./, /^503 5\.5\.1/, /^503 5\.5\.1/],
    },
    {
      name: '5xx at DATA',
      faults: ['-f', 'DATA'],
      expected: [/^250/, /^250/, /^354/, /^5\d\d 5\./],
    },
    {
      name: '5xx at the dot',
      faults: ['-f', '.'],
      expected: [/^250/, /^250/, /^354/, /^5\d\d 5\./],
    },
    {
      name: 'refused without reading the message',
      faults: ['-A', '1'],
      expected: [/^250/, /^250/, /^354/, /^5\d\d /],
    },
  ];
  for (const c of cases) {
    test(c.name, async () => {
      await using sink = await startSmtpSink(...c.faults);
      const timeouts = { ...defaultTimeouts, nextHopReplyMs: 2_000 };
      await using frontHop = await startTestFrontHop(sink, deliverWithPrefix, { timeouts });
      await using client = await SmtpDialogue.greeted(frontHop.address);
      const lines = [
        'MAIL FROM:<a@s.test>',
        'RCPT TO:<b@e.test>',
        'DATA',
        Buffer.from('Subject: x\r\n\r\n.\r\n'),
      ];
      for (const [index, expected] of c.expected.entries()) {
        client.send(lines[index]!);
        const [answer = ''] = await client.expectAny();
        if (expected instanceof RegExp) assert.match(answer, expected);
        else assert.equal(answer, expected);
      }
    });
  }
});
