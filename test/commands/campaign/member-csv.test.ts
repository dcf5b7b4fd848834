import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvOf } from '../../../src/commands/campaign/member-csv.ts';
import { queueIdIn } from '../../../src/smtp/queue-id.ts';
import type { CampaignMember } from '../../../src/review/review.ts';

const member: CampaignMember = {
  id: '0mh2q7k1c4x9p0zv5t3b',
  at: '2026-11-20T06:07:08.000Z',
  alias: 'a',
  messageId: '<1@vendor.test>',
  from: 'billing@vendor.test',
  subject: '=HYPERLINK("http://lure.example","open")\r\nnext',
  recipients: ['ann@example.test', '+bob@example.test'],
  scoreBits: 12,
  state: 'delivered-tagged',
  reply: '250 2.0.0 Ok: queued as 4XyZ',
};

test('one line per recipient, and nothing a spreadsheet would run', () => {
  const [head, ann, bob] = csvOf([member]).split(/\r\n(?=recipient|ann|'\+bob)/);
  assert.equal(head, 'recipient,message_id,at,queue_id,from,subject,state,id');
  assert.match(ann ?? '', /^ann@example\.test,<1@vendor\.test>,2026-11-20T06:07:08\.000Z,4XyZ,/);
  assert.ok(ann?.includes(`"'=HYPERLINK(""http://lure.example"",""open"")`));
  assert.match(bob ?? '', /^'\+bob@example\.test,/);
});

test('queue ids of the usual servers', () => {
  const replies = {
    '250 2.0.0 Ok: queued as 4XyZ1b': '4XyZ1b',
    '250 OK id=1tABcd-0000Ab-2X': '1tABcd-0000Ab-2X',
    '250 2.6.0 <a@b.example> [InternalId=12345, Hostname=x] Queued mail': '12345',
    '250 2.0.0 c9a34b36 Message accepted for delivery': 'c9a34b36',
    '250 2.0.0 Held for review as 0mhx3v9d5k2a7c1qzt4e': '',
    '250 done': '',
    '': '',
  };
  for (const [reply, id] of Object.entries(replies)) assert.equal(queueIdIn(reply), id, reply);
});
