import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { defaultSmtpLimits } from '../../src/smtp/limits.ts';
import { runFuzz } from '../faults/run-fuzz.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { deliverWithPrefix, startTestFrontHop, testPrefix } from '../support/smtp-front-hop.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';

test('400 sessions of damaged bytes: no exception, no leaked socket, nothing foreign at the next hop', async (t) => {
  const run = await runFuzz({ sessions: 400, clients: 8, seed: 11 });
  t.diagnostic(`${run.completed} messages completed; ${JSON.stringify(run.replies)}`);
  assert.deepEqual(run.uncaught, []);
  assert.deepEqual(run.violations, []);
  assert.equal(run.leakedSockets, 0);
  assert.ok(run.completed >= 100, `${run.completed} messages completed`);
});

/** What RFC 5321 lets a client expect, written down independently of the code under test. */
type Model = { inTransaction: boolean; recipients: number; messages: Buffer[] };

type Step = {
  readonly line: string;
  readonly expected: (model: Model) => string;
  readonly after?: (model: Model) => void;
};

const end = (model: Model): void => {
  model.inTransaction = false;
  model.recipients = 0;
};

const mail = (line: string): Step => ({
  line,
  expected: ({ inTransaction }) => (inTransaction ? '503' : '250'),
  after: (model) => (model.inTransaction = true),
});
const rcpt = (line: string): Step => ({
  line,
  expected: ({ inTransaction }) => (inTransaction ? '250' : '503'),
  after: (model) => {
    if (model.inTransaction) model.recipients++;
  },
});
const always = (line: string, code: string): Step => ({ line, expected: () => code });
const greeting = (line: string): Step => ({ line, expected: () => '250', after: end });

const steps: readonly Step[] = [
  mail('MAIL FROM:<a@s.test>'),
  mail('mail from: <"a b"@s.test> SIZE=10'),
  mail('MAIL FROM:<>'),
  rcpt('RCPT TO:<b@e.test>'),
  rcpt('rcpt to:<Postmaster>'),
  greeting('EHLO other.test'),
  greeting('HELO other.test'),
  greeting('RSET'),
  always('NOOP', '250'),
  always('VRFY b', '502'),
  always('HELP', '502'),
  always('BDAT 1', '500'),
  always('', '500'),
  always('MAIL FROM:a@s.test', '501|503'),
  always('RCPT TO:<>', '501|503'),
  always('EHLO', '501'),
];

const messageArbitrary = fc
  .array(fc.stringMatching(/^[ -~]{0,40}$/), { maxLength: 5 })
  .map((lines) => Buffer.from(['Subject: x', '', ...lines].map((line) => `${line}\r\n`).join('')));

const stepArbitrary = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...steps) },
  { weight: 2, arbitrary: messageArbitrary },
);

test('any commands in any order get the replies of RFC 5321, and messages arrive whole', async () => {
  await using recorder = await SmtpRecorder.start();
  await using frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, {
    limits: { ...defaultSmtpLimits, maxErrors: 1000 },
  });
  await fc.assert(
    fc.asyncProperty(fc.array(stepArbitrary, { maxLength: 25 }), async (script) => {
      const before = recorder.messages.length;
      const model: Model = { inTransaction: false, recipients: 0, messages: [] };
      await using client = await SmtpDialogue.greeted(frontHop.address);
      for (const step of script) {
        if (Buffer.isBuffer(step)) await sendMessage(client, step, model);
        else await say(client, step, model);
      }
      await client.command('QUIT', 221);
      assert.deepEqual(recorder.messages.slice(before), model.messages);
    }),
    { numRuns: 150 },
  );
  assert.deepEqual(frontHop.errors, []);
});

async function say(client: SmtpDialogue, step: Step, model: Model): Promise<void> {
  client.send(step.line);
  const [answer = ''] = await client.expectAny();
  assert.match(answer, new RegExp(`^(?:${step.expected(model)})`), step.line);
  step.after?.(model);
}

async function sendMessage(client: SmtpDialogue, content: Buffer, model: Model): Promise<void> {
  if (!model.inTransaction) {
    await client.command('DATA', 503);
  } else if (model.recipients === 0) {
    await client.command('DATA', 554);
  } else {
    const wire = `\r\n${content.toString()}`.replaceAll('\r\n.', '\r\n..').slice(2);
    await client.data(wire, 250);
    model.messages.push(Buffer.concat([testPrefix, content]));
    end(model);
  }
}
