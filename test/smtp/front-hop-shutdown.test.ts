import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { deliverWithPrefix, startTestFrontHop, testPrefix } from '../support/smtp-front-hop.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';

const message = 'Subject: hello\r\n\r\nbody\r\n';

test('a transaction in flight ends well, an idle session gets 421, nobody else gets in', async () => {
  await using recorder = await SmtpRecorder.start();
  const frontHop = await startTestFrontHop(recorder.address);
  await using busy = await SmtpDialogue.greeted(frontHop.address);
  await using idle = await SmtpDialogue.greeted(frontHop.address);
  await busy.command('MAIL FROM:<a@s.test>', 250);
  const stopped = frontHop[Symbol.asyncDispose]();
  await idle.expect(421);
  await idle.expectClose();
  await assert.rejects(SmtpDialogue.open(frontHop.address), { code: 'ECONNREFUSED' });
  await busy.command('RCPT TO:<b@e.test>', 250);
  await busy.data(message, 250);
  await busy.expect(421);
  await busy.expectClose();
  await stopped;
  assert.equal(recorder.messages.length, 1);
  await recorder.until(({ openSockets }) => openSockets === 0);
});

test('what does not end in time is cut, without a message at the next hop', async () => {
  await using recorder = await SmtpRecorder.start();
  const decided = Promise.withResolvers<undefined>();
  const begun = Promise.withResolvers<undefined>();
  const frontHop = await startTestFrontHop(
    recorder.address,
    async ({ content }, nextHop) => {
      begun.resolve(undefined);
      await decided.promise;
      return nextHop.deliver(testPrefix, content);
    },
    { drainMs: 50 },
  );
  await using client = await SmtpDialogue.greeted(frontHop.address);
  await client.command('MAIL FROM:<a@s.test>', 250);
  await client.command('RCPT TO:<b@e.test>', 250);
  await client.command('DATA', 354);
  client.send(Buffer.from(`${message}.\r\n`));
  await begun.promise;
  await frontHop[Symbol.asyncDispose]();
  await client.expect(421);
  await client.expectClose();
  await recorder.until(({ openSockets }) => openSockets === 0);
  decided.resolve(undefined);
  assert.deepEqual(recorder.messages, []);
});

test('a message that the next hop has is waited for, beyond the time that clients have', async () => {
  await using recorder = await SmtpRecorder.start((line) => (line === '.' ? 'silence' : undefined));
  const frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, { drainMs: 20 });
  await using waiting = await SmtpDialogue.greeted(frontHop.address);
  await using slow = await SmtpDialogue.greeted(frontHop.address);
  for (const client of [waiting, slow]) {
    await client.command('MAIL FROM:<a@s.test>', 250);
    await client.command('RCPT TO:<b@e.test>', 250);
    await client.command('DATA', 354);
  }
  waiting.send(Buffer.from(`${message}.\r\n`));
  await recorder.until(({ messages }) => messages.length === 1);
  const stopped = frontHop[Symbol.asyncDispose]();
  await slow.expect(421); // its time is over
  await slow.expectClose();
  recorder.say('250 2.0.0 Ok');
  await waiting.expect(250);
  await waiting.expect(421);
  await waiting.expectClose();
  await stopped;
});

test('so it is where its client does not wait: nothing is done for it after the end', async () => {
  await using recorder = await SmtpRecorder.start((line) => (line === '.' ? 'silence' : undefined));
  const done: string[] = [];
  const frontHop = await startTestFrontHop(
    recorder.address,
    async ({ content }, nextHop) => {
      const answer = await nextHop.deliver(testPrefix, content);
      done.push(`answered ${answer.code}`);
      return answer;
    },
    { drainMs: 20 },
  );
  {
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await client.command('MAIL FROM:<a@s.test>', 250);
    await client.command('RCPT TO:<b@e.test>', 250);
    await client.command('DATA', 354);
    client.send(Buffer.from(`${message}.\r\n`));
    await recorder.until(({ messages }) => messages.length === 1);
  }
  const stopped = frontHop[Symbol.asyncDispose]().then(() => done.push('stopped'));
  await delay(100);
  recorder.say('250 2.0.0 Ok');
  await stopped;
  assert.deepEqual(done, ['answered 250', 'stopped']);
});

test('a next hop that never answers does not hold up the end', async () => {
  await using recorder = await SmtpRecorder.start(() => 'silence');
  const frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, { drainMs: 50 });
  await using client = await SmtpDialogue.open(frontHop.address);
  await client.expect(220);
  await frontHop[Symbol.asyncDispose]();
  await recorder.until(({ openSockets }) => openSockets === 0);
});
