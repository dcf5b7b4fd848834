import type { ConsoleSources, ConsoleStatus, RecipientRequest } from '../../src/console/sources.ts';
import type { HeldMessage } from '../../src/quarantine/quarantine.ts';
import type { Act, CampaignMember, CampaignSummary, Review } from '../../src/review/review.ts';
import { memoryContent } from '../../src/smtp/content.ts';

export type Call = { readonly act: string; readonly args: readonly unknown[] };

/**
 * What the console acts through, over messages in memory, which a test may replace: it does nothing and remembers what it
 * was asked for.
 */
export type RecordingReview = Pick<ConsoleSources, 'quarantine' | 'auditReader' | 'requests'> & {
  readonly review: Review;
  readonly calls: readonly Call[];
  readonly status: ConsoleStatus;
};

export const status: ConsoleStatus = {
  version: '0.1.0',
  ruleset: '4f1c00aa11bb',
  mode: 'enforce',
  startedAt: '2026-03-05T00:00:00.000Z',
  readiness: { status: 'ready', nextHop: 'up', store: 'up' },
  breaker: null,
  budgets: { tag: 0.5, quarantine: null },
  traffic: [
    {
      hour: '2026-03-05T06:00:00.000Z',
      verdicts: { clean: 7, anomalous: 1 },
      actions: { pass: 7 },
    },
  ],
};

const at = '2026-03-05T07:00:00.000Z';

export function recordingReview(
  messages: readonly HeldMessage[],
  raw: () => Buffer = () => Buffer.from('Subject: hello\r\n\r\nhello\r\n'),
): RecordingReview {
  const calls: Call[] = [];
  const record =
    (kind: Act['kind']) =>
    (...args: readonly unknown[]): Promise<Act> => {
      calls.push({ act: kind, args });
      return Promise.resolve(actOf(kind, `act${calls.length}`, messages));
    };
  return {
    calls,
    status,
    review: {
      list: (_, { limit }) =>
        Promise.resolve({ messages: messages.slice(0, limit), next: null, total: messages.length }),
      campaigns: ({ limit }) => Promise.resolve(messages.slice(0, limit).map(campaignOf)),
      campaign: (id) => {
        const members = messages.filter(({ campaign }) => campaign === id);
        const [first] = members;
        return Promise.resolve(
          first ? { summary: campaignOf(first), members: members.map(memberOf) } : null,
        );
      },
      messages: () =>
        Promise.resolve({
          messages: messages.map((held) => ({
            ...memberOf(held),
            verdict: held.verdict,
            campaign: held.campaign,
            isApprovable: true,
          })),
          next: null,
        }),
      release: record('release'),
      delete: record('delete'),
      confirmAttack: record('confirm-attack'),
      approveValue: record('approve-value'),
      approveMessage: record('approve-message'),
      notify: record('notify'),
      notifying: (_, to) =>
        Promise.resolve({
          to,
          people: 3,
          news: 2,
          messages: 1,
          nameless: 0,
          confirmed: false,
          notice: {
            to: messages[0]?.envelope.rcptTo[0] ?? '',
            subject: messages[0]?.subject ?? '',
            text: messages[0]?.reason ?? '',
          },
        }),
      undo: record('undo'),
      acts: () => Promise.resolve([actOf('release', 'act0', messages)]),
      approvals: () =>
        Promise.resolve(
          messages.map(({ alias, subject, reason }) => ({
            alias,
            table: 'domain',
            value: subject,
            by: { kind: 'operator', name: 'anna', via: 'console' } as const,
            at,
            expiresAt: at,
            reason,
          })),
        ),
    },
    quarantine: {
      find: (id) => Promise.resolve(messages.find((held) => held.id === id) ?? null),
      read: () => Promise.resolve(memoryContent(raw())),
    },
    auditReader: {
      read: () =>
        Promise.resolve({
          entries: messages.map(({ id, subject, reason, from }) => ({
            id: `mx-0a1b2c3d-1:${id}`,
            at,
            act: 'held',
            actor: { kind: 'recipient', name: from, via: 'message' } as const,
            subject: id,
            reason,
            facts: { cause: reason },
            personal: { subject, from: null },
          })),
          next: null,
        }),
    },
    requests: {
      list: () => messages.map(requestOf),
      close: (id, how) => {
        calls.push({ act: 'settle', args: [id, how] });
        return messages.some((held) => held.id === id);
      },
    },
  };
}

function actOf(kind: Act['kind'], id: string, messages: readonly HeldMessage[]): Act {
  return {
    id,
    kind,
    by: { kind: 'operator', name: 'anna', via: 'console' },
    at,
    reason: messages[0]?.reason ?? '',
    subject: messages[0]?.id ?? '',
    effects: messages.map((held) => ({ message: held.id, outcome: 'done', detail: held.subject })),
    undoneBy: null,
  };
}

function campaignOf({ campaign, alias, subject, heldAt }: HeldMessage): CampaignSummary {
  return {
    id: campaign,
    about: subject,
    aliases: [alias],
    firstSeen: heldAt,
    lastSeen: heldAt,
    members: 1,
    held: 1,
    confirmed: false,
  };
}

function memberOf(held: HeldMessage): CampaignMember {
  const { id, heldAt, alias, messageId, from, subject, envelope, scoreBits, reason } = held;
  return {
    id,
    at: heldAt,
    alias,
    messageId,
    from,
    subject,
    recipients: envelope.rcptTo,
    scoreBits,
    state: 'held',
    reply: reason,
  };
}

function requestOf({ id, envelope, reason }: HeldMessage): RecipientRequest {
  return {
    id,
    kind: 'release',
    message: id,
    recipient: envelope.rcptTo[0] ?? '',
    at,
    state: 'open',
    closedBy: '',
    detail: reason,
  };
}
