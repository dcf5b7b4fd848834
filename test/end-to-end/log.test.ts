import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openAuditReader } from '../../src/audit/read-audit.ts';
import { createLog } from '../../src/observability/log.ts';
import { skipWithoutPostfix, startPostfix } from '../support/postfix.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { publishedLure, startSite, vendorMail } from './site.ts';

type Line = Readonly<Record<string, unknown>>;

test(
  'one id follows a message, and no word of it is logged',
  { skip: skipWithoutPostfix() },
  async (t) => {
    const written: string[] = [];
    const log = createLog('trace', { write: (line) => void written.push(line) });
    await using mailbox = await SmtpRecorder.start();
    await using postfix = await startPostfix(mailbox.address);
    await using site = await startSite({ nextHop: postfix, log, settings: { mode: 'tag' } });
    const body = 'Your code is 771177, Josephine.';
    const [reply = ''] = await site.send(await vendorMail({ tenant: publishedLure, body }));
    const queueId = /queued as (\w+)/.exec(reply)?.[1] ?? '';
    assert.notEqual(queueId, '', reply);
    await mailbox.until(({ messages }) => messages.length === 1);
    const delivered = mailbox.messages[0]?.toString('latin1') ?? '';
    const lines = written.map((line) => JSON.parse(line) as Line);
    const line = lines.find(({ msg }) => msg === 'transaction') ?? {};
    const id = String(line['id']);
    assert.match(id, /^[0-9a-z]{20}$/);

    await t.test('the log names it beside the queue id of Postfix', () => {
      assert.equal(line['queueId'], queueId);
      const received = new RegExp(`by mta\\.test \\(Postfix\\) with ESMTP id ${queueId}\\b`);
      assert.match(delivered, received, 'which Postfix writes into its own Received and log');
    });
    await t.test('so do the header field and our Received', () => {
      assert.match(delivered, new RegExp(`^X-Aliaswatch-Verdict: [^]*?id=${id}\r$`, 'm'));
      assert.match(delivered, new RegExp(`with ESMTP\\s+id\\s+${id}`));
    });
    await t.test('the record', async () => {
      const acts = await openAuditReader(join(site.stateDir, 'audit')).list({}, 10);
      const act = acts.find((one) => one.act === 'decision');
      assert.equal(act?.subject, id);
    });
    await t.test('and the console', async () => {
      const { port } = site.server.http;
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/deliveries`);
      const { items } = (await answer.json()) as { readonly items: readonly Line[] };
      assert.deepEqual(
        items.map((item) => [item['id'], String(item['reply']).includes(queueId)]),
        [[id, true]],
      );
    });
    await t.test('subject, body and recipient are in no line, at the most talkative level', () => {
      assert.doesNotMatch(written.join(''), /Bitcoin|802 538|771177|Josephine|jo@example\.test/);
      for (const one of written) assert.equal(one.indexOf('\n'), one.length - 1, 'one line each');
    });
  },
);
