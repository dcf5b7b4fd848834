import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { publishedLure, startSite, vendorMail } from './site.ts';

const contactUrl = 'https://postmaster.example/held';

const cases = [
  {
    action: 'defer',
    reply:
      /^451 4\.7\.1 Deferred for review; ask about [0-9a-z]{20} at https:\/\/postmaster\.example\/held$/,
  },
  {
    action: 'reject',
    reply:
      /^550 5\.7\.1 Refused by policy; ask about [0-9a-z]{20} at https:\/\/postmaster\.example\/held$/,
  },
] as const;

for (const { action, reply } of cases) {
  test(`${action} by policy answers with id and contact, and the next hop never hears DATA`, async () => {
    await using nextHop = await SmtpRecorder.start();
    await using site = await startSite({
      nextHop: nextHop.address,
      settings: { contactUrl },
      policy: { actions: { suspicious: 'tag', anomalous: action } },
    });
    const [answer = ''] = await site.send(await vendorMail({ tenant: publishedLure }));
    assert.match(answer, reply);
    const commands = nextHop.sessions.flatMap((session) => session.commands);
    assert.ok(commands.includes('RCPT TO:<jo@example.test>'), 'the transaction was mirrored');
    assert.ok(!commands.includes('DATA'));
    const kept = await readdir(join(site.stateDir, 'quarantine'));
    assert.deepEqual(
      kept.filter((name) => name.endsWith('.json')),
      [],
    );
  });
}

test('in mode tag nothing is refused', async () => {
  await using nextHop = await SmtpRecorder.start();
  await using site = await startSite({
    nextHop: nextHop.address,
    settings: { mode: 'tag' },
    policy: { actions: { suspicious: 'reject', anomalous: 'reject' } },
  });
  const [answer = ''] = await site.send(await vendorMail({ tenant: publishedLure }));
  assert.match(answer, /^250 /);
  assert.match(
    nextHop.messages[0]?.toString('latin1') ?? '',
    /^X-Aliaswatch-Verdict: anomalous; action=tag;/m,
  );
});
