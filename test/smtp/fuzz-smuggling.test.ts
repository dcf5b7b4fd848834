import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { defaultSmtpLimits } from '../../src/smtp/limits.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { deliverWithPrefix, startTestFrontHop } from '../support/smtp-front-hop.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';

const smuggled =
  'MAIL FROM:<evil@s.test>\r\nRCPT TO:<victim@e.test>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n';

/** Anything that some server might take for the end of a message, but the one sequence that is. */
const separator = fc
  .array(fc.constantFrom('\r', '\n', '.', '\0', ' ', '\t', '\x85', '\x0b', '\r\n', '..'), {
    minLength: 1,
    maxLength: 8,
  })
  .map((parts) => parts.join(''))
  .filter((text) => !`x${text}M`.includes('\r\n.\r\n'));

describe('no separator but CRLF.CRLF ends a message', () => {
  for (const bareLineEndings of ['reject', 'normalize'] as const) {
    test(bareLineEndings, async () => {
      await using recorder = await SmtpRecorder.start();
      await using frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, {
        bareLineEndings,
        limits: { ...defaultSmtpLimits, maxErrors: 1000 },
      });
      await using client = await SmtpDialogue.greeted(frontHop.address);
      client.socket.setNoDelay(true);
      await fc.assert(
        fc.asyncProperty(separator, fc.boolean(), async (text, isCut) => {
          const before = recorder.messages.length;
          await client.command('MAIL FROM:<a@s.test>', 250);
          await client.command('RCPT TO:<b@e.test>', 250);
          await client.command('DATA', 354);
          client.send(Buffer.from(`Subject: a\r\n\r\nbody${text}`, 'latin1'));
          if (isCut) await new Promise((resolve) => setImmediate(resolve));
          client.send(Buffer.from(`${smuggled}.\r\n`));
          const [answer = ''] = await client.expectAny();
          assert.match(answer, /^(?:250|550) /);
          // A second reply would come before this one.
          await client.command('VRFY x', 502);
          const arrived = recorder.messages.slice(before);
          assert.equal(arrived.length, answer.startsWith('250') ? 1 : 0);
          for (const message of arrived) {
            assert.ok(message.includes('Subject: smuggled\r\n'), 'it is content');
            assert.doesNotMatch(message.toString('latin1'), /\r(?!\n)|(?<!\r)\n|\0/);
          }
        }),
        { numRuns: 200 },
      );
      const said = recorder.sessions.flatMap(({ commands }) => commands).join('\n');
      assert.doesNotMatch(said, /evil|victim/);
    });
  }
});
