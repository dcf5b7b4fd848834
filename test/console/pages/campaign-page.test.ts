import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Frame } from '../../../src/console/frame.ts';
import { renderHtml } from '../../../src/console/html.ts';
import { campaignPage } from '../../../src/console/pages/campaign-page.ts';
import type { CampaignMember } from '../../../src/review/review.ts';

const frame: Frame = {
  title: '',
  operator: { name: 'vera', role: 'viewer', local: false },
  csrf: '',
  path: '/',
  theme: 'auto',
  notice: null,
};

function member(subject: string, state: CampaignMember['state'], reply: string): CampaignMember {
  return {
    id: 'a'.repeat(20),
    at: '2026-01-02T03:04:05Z',
    alias: 'some-alias',
    messageId: '<x@example.test>',
    from: 'a@example.test',
    subject,
    recipients: ['ann@example.test', 'ben@example.test'],
    scoreBits: 14,
    state,
    reply,
  };
}

test('released copies are in mailboxes, also those that wait for others of their recipients', () => {
  const members = [
    member('before the flag', 'delivered-before-flag', '250 ok'),
    member('tagged', 'delivered-tagged', '250 ok'),
    member('released', 'released', '250 ok'),
    member('released to one', 'held', '250 ok'),
    member('waits', 'held', ''),
    member('binned', 'deleted', ''),
  ];
  const summary = {
    id: 'b'.repeat(12),
    about: '',
    aliases: ['some-alias'],
    firstSeen: '2026-01-02T03:04:05Z',
    lastSeen: '2026-01-02T03:04:05Z',
    members: members.length,
    held: 2,
    confirmed: false,
  };
  const [before = '', after = ''] = renderHtml(campaignPage({ summary, members }, frame)).split(
    'In no mailbox',
  );
  assert.match(before, /In mailboxes <small>4 copies/);
  for (const { subject } of members.slice(0, 4)) assert.ok(before.includes(`<bdi>${subject}<`));
  for (const { subject } of members.slice(4)) assert.ok(after.includes(`<bdi>${subject}<`));
});
