import assert from 'node:assert/strict';
import { test } from 'node:test';
import { skipWithoutPostfix, startPostfix } from '../support/postfix.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { publishedLure, startSite, vendorMail } from './site.ts';

test('in front of a real Postfix', { skip: skipWithoutPostfix() }, async (t) => {
  await using mailbox = await SmtpRecorder.start();
  await using postfix = await startPostfix(mailbox.address);
  await using site = await startSite({ nextHop: postfix });

  await t.test('honest mail arrives behind it as it was sent', async () => {
    const message = await vendorMail();
    assert.match((await site.send(message))[0] ?? '', /^250 2\.0\.0 Ok: queued as /);
    await mailbox.until(({ messages }) => messages.length === 1);
    const delivered = mailbox.messages[0]?.toString('latin1') ?? '';
    assert.ok(delivered.endsWith(message), 'the bytes are as received');
    assert.match(delivered, /^X-Aliaswatch-Verdict: learning;/m);
  });
  await t.test("its refusal of a recipient is the client's answer", async () => {
    const [reply] = await site.send(await vendorMail(), { recipient: 'bad@example.test' });
    assert.match(reply ?? '', /^550 5\.1\.1 .*no such user/);
  });
  await t.test('a stranger cannot relay through both', async () => {
    // Postfix lets 127.0.0.1, where the gateway is, relay anywhere.
    const route = { recipient: 'somebody@elsewhere.example', from: '127.0.0.9' };
    const [reply] = await site.send(await vendorMail(), route);
    assert.match(reply ?? '', /^554 5\.7\.1 .*Relay access denied/);
  });
  await t.test('what is held never reaches it', async () => {
    const [reply] = await site.send(await vendorMail({ tenant: publishedLure }));
    assert.match(reply ?? '', /^250 2\.0\.0 Held for review/);
    assert.equal(mailbox.messages.length, 1);
  });
});
