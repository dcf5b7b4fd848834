import type { TestContext } from 'node:test';
import { dayOf } from '../../../src/baseline/ledger.ts';
import { openStore } from '../../../src/baseline/open-store.ts';
import { defaultStoreLimits, type BaselineStore } from '../../../src/baseline/store.ts';
import { sketchOf } from '../../../src/baseline/value-record.ts';
import { sentenceHash } from '../../../src/features/boilerplate.ts';
import { foldText } from '../../../src/message/fold.ts';
import { sentencesOf } from '../../../src/message/sentences.ts';
import type { HeldMessage } from '../../../src/quarantine/quarantine.ts';
import type { Act, CampaignMember } from '../../../src/review/review.ts';
import { heldMessage } from '../../quarantine/samples.ts';
import { startSite, type Site } from '../console-site.ts';
import { recordingReview, status } from '../recording-review.ts';

export const alias = 'microsoft-online-services';
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const nowMs = Date.now();
const ago = (ms: number) => new Date(nowMs - ms).toISOString();

const subjects = [
  'Your subscription renews today for $459.90, call +1 802-555-0138 to cancel account email verification code',
  'Payment of $389.00 was approved, dispute it at (802) 555-0138 account email verification code',
  '\u202Eedoc noitacifirev\u202C from Contoso Billing Dept account email verification code',
];

export const campaign = '0c1d2e3f4a5b';

function held(index: number): HeldMessage {
  const isCampaign = index < 7;
  const one = heldMessage();
  const subject = isCampaign
    ? (subjects[index % subjects.length] ?? '')
    : `Invoice ${4100 + index} from Fabrikam Ltd`;
  const recipients =
    index === 0
      ? ['ann.lee@example.com', 'benjamin.okafor@sales.example.com', 'claire@example.org']
      : [`someone${index}@example.com`];
  return {
    ...one,
    id: `${index}`.padStart(20, 'a'),
    heldAt: ago(index * 47 * minuteMs + 5 * minuteMs),
    expiresAt: new Date(nowMs + (30 * 24 - index) * hourMs).toISOString(),
    alias: isCampaign ? alias : 'paypal-service',
    verdict: index % 5 === 4 ? 'suspicious' : 'anomalous',
    scoreBits: isCampaign ? 31.4 - index : 13.2 + (index % 4),
    subject,
    from: isCampaign ? 'msonlineservicesteam@microsoftonline.com' : 'service@paypal.com',
    campaign: isCampaign ? campaign : '',
    reason: isCampaign
      ? '31.4 bits for callback lure over steady: phone +1 802-555-0138 in the subject (never in 5,204 messages since 2026-05-28) +13.0; lure language in the subject (22 bits) (never in 5,204 messages since 2026-05-28) +9.1; prior and the rest -0.4'
      : '13.2 bits for foreign link over steady: a link to fabrikam-pay.example (never in 812 messages since 2026-06-02) +8.3; prior and the rest +4.9',
    messageId: `<${index}.b7c1@mail.example>`,
    sizeBytes: 18_400 + index * 911,
    envelope: {
      mailFrom: 'bounces@microsoftonline.com',
      rcptTo: recipients,
      mailParameters: '',
      rcptParameters: recipients.map(() => ''),
    },
    explanation: {
      ...one.explanation,
      cause: 'callback lure in a slot',
      benignCause: 'steady',
      messages: 5204,
      days: 176,
      since: '2026-05-28',
      pValue: 3.1e-6,
      terms: [
        term('phone', 13, 'phone +1 802-555-0138 in the subject', 'never'),
        term('subject-lure', 9.1, 'lure language in the subject (22 bits)', 'never'),
        term(
          'subject-words',
          6.3,
          '9 words in the subject, of 13, that this alias never wrote there',
          'never',
        ),
        term('subject-class', 4.7, 'an amount of money in the subject', '3 times'),
        term('recipient-mismatch', 1.1, 'the To field names nobody of the envelope', '88 times'),
        term('link', -1.4, '', ''),
        term('layout', -0.9, '', ''),
        term('prior', -0.5, 'prior', ''),
      ],
    },
    deliveries:
      index === 0
        ? [
            {
              recipient: 'benjamin.okafor@sales.example.com',
              at: ago(2 * minuteMs),
              reply: '451 4.7.1 Greylisted, try again in 5 minutes',
              delivered: false,
            },
          ]
        : [],
  };
}

function term(signal: string, bits: number, observed: string, times: string) {
  const baseline = times === '' ? '' : `${times} in 5,204 messages since 2026-05-28`;
  return { signal, bits, observed, baseline };
}

export const messages = Array.from({ length: 14 }, (_, index) => held(index));
export const first = messages[0]!;

const said = [
  'Verify your email address',
  'To finish setting up this verification method, enter this code: 481 902.',
  'Didn’t request this verification code? You can ignore this message.',
  'Microsoft Corporation, One Microsoft Way, Redmond, WA 98052',
];

export const raw = Buffer.from(
  [
    'Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=microsoftonline.com; dkim=pass header.d=microsoftonline.com header.s=s1024; dmarc=pass header.from=microsoftonline.com; arc=none',
    'Received: from mail.microsoftonline.example ([192.0.2.10]) by mx.example.com with ESMTPS id a; Tue, 24 Nov 2026 09:12:44 +0000',
    'X-Aliaswatch-Verdict: anomalous; action=quarantine; score=31.4; alias=microsoft-online-services',
    'From: Microsoft on behalf of Contoso <msonlineservicesteam@microsoftonline.com>',
    'To: members@contoso.example',
    `Subject: ${subjects[0] ?? ''}`,
    'Date: Tue, 24 Nov 2026 09:12:40 +0000',
    'Message-ID: <0.b7c1@mail.example>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative; boundary="b1"',
    '',
    '--b1',
    'Content-Type: text/plain; charset=utf-8',
    '',
    ...said.flatMap((line) => [line, '']),
    'If you did not authorize this payment, call our support at +1 802-555-0138 immediately to cancel and get your refund.',
    'Or see https://account-refund.example/cancel?id=77aa01 before midnight.',
    '',
    '--b1',
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    '<html><head><style>td{color:red}</style></head><body><div style="display:none">\u200B\u200C\u200B\u200C\u200B\u200C</div>',
    '<table><tr><td><img src="https://cdn.example/logo.png"></td></tr><tr><td><h1>Verify your email address</h1></td></tr>',
    `<tr><td>${said[1] ?? ''}</td></tr><tr><td>Code</td><td><b>481 902</b></td></tr><tr><td><hr>${said[2] ?? ''}</td></tr>`,
    '<tr><td>If you did not authorize this payment, call our support at +1 802-555-0138 immediately to cancel and get your refund. <a href="https://account-refund.example/cancel?id=77aa01">Cancel now</a> <a href="https://aka.ms/privacy">Privacy</a></td></tr>',
    `<tr><td><small>${said[3] ?? ''}</small></td></tr></table></body></html>`,
    '',
    '--b1--',
    '',
  ].join('\r\n'),
);

/** Mail on weekdays in office hours for five months, with one link domain that came late. */
export async function fillBaseline(store: BaselineStore): Promise<void> {
  const today = dayOf(new Date(nowMs));
  const members = Array.from({ length: 12 }, (_, index) => `member ${index}`);
  const mask = sketchOf(members);
  const masks = { domains: mask, recipients: mask, actors: mask };
  const touch = (table: string, value: string) => ({ table, value, ...masks });
  for (let back = 150; back >= 1; back--) {
    const day = today - back;
    const weekday = (day + 3) % 7;
    const messages = weekday >= 5 ? 3 : 24 + ((day * 7) % 13);
    const counters: Record<string, number> = { n: messages, 't.content': messages };
    for (let index = 0; index < messages; index++) {
      const hour = weekday >= 5 ? 8 + 5 * index : 6 + ((index * index + day) % 13);
      const name = `o.${weekday * 24 + hour}`;
      counters[name] = (counters[name] ?? 0) + 1;
      const score = `s.${-16 + ((index * 5 + day) % 17) + (index % 11 === 0 ? 9 : 0)}`;
      counters[score] = (counters[score] ?? 0) + 1;
    }
    if (day % 29 === 0) counters['x.link'] = 1;
    const values = [
      touch('reach', '*'),
      touch('domain', 'microsoft.com'),
      ...(day % 3 === 0 ? [touch('domain', 'aka.ms')] : []),
      ...(back < 60 && day % 2 === 0 ? [touch('domain', 'office.com')] : []),
      ...(back < 9 && day % 4 === 0 ? [touch('domain', 'contoso.example')] : []),
      ...(day % 21 === 0 ? [touch('subject-class', 'currency')] : []),
      ...(day % 40 === 0 ? [touch('display-name-class', 'emoji')] : []),
      ...sentencesOf(said).map((sentence) => touch('line', sentenceHash(foldText(sentence), []))),
      ...['account', 'email', 'verification', 'code', 'contoso'].map((word) =>
        touch('subject-word', `hash of ${word}`),
      ),
      ...['this', 'you', 'your', 'to', 'can', 'enter', 'message', 'one', 'up'].map((word) =>
        touch('body-word', word),
      ),
    ];
    await store.commit({ id: `day ${day}`, alias, day, counters, values });
  }
  await store.commit({
    id: 'other',
    alias: 'paypal-service',
    day: today - 5,
    counters: { n: 40, 's.-8': 40 },
    values: [touch('domain', 'paypal.com')],
  });
}

const member = (index: number, state: CampaignMember['state'], reply: string): CampaignMember => {
  const { id, alias: name, messageId, from, subject, scoreBits, envelope } = held(index);
  return {
    id,
    at: ago(index * 3 * hourMs),
    alias: name,
    messageId,
    from,
    subject,
    recipients: envelope.rcptTo,
    scoreBits,
    state,
    reply,
  };
};

const acts: readonly Act[] = [
  act('release', 'false alarm, known supplier', 'partly', '451 4.7.1 Greylisted, try again'),
  act('confirm-attack', 'call-back scam, same number twice', 'done', '7 messages are not learned'),
  act('approve-value', '', 'done', 'domain office.com counts as established for 90 days'),
  act('delete', 'spam', 'done', 'in the bin'),
];

function act(kind: Act['kind'], reason: string, outcome: 'done' | 'partly', detail: string): Act {
  return {
    id: `act${kind}`.padEnd(20, '0'),
    kind,
    by: { kind: 'operator', name: 'anna', via: kind === 'delete' ? 'command' : 'console' },
    at: ago(40 * minuteMs),
    reason,
    subject: kind === 'approve-value' ? `${alias} office.com` : first.id,
    effects: [{ message: first.id, outcome, detail }],
    undoneBy: kind === 'delete' ? 'act0' : null,
  };
}

const traffic = Array.from({ length: 44 }, (_, index) => ({
  hour: new Date(Math.floor(nowMs / hourMs) * hourMs - (43 - index) * hourMs).toISOString(),
  verdicts: {
    unwatched: 2100 + ((index * 977) % 1500),
    clean: 60 + ((index * 37) % 55),
    learning: (index * 5) % 13,
    ...(index % 7 === 3 ? { suspicious: 1 } : {}),
    ...(index > 36 && index < 42 ? { anomalous: 1 + (index % 3) } : {}),
    ...(index % 11 === 0 ? { unverified: 2 } : {}),
    ...(index === 20 ? { unavailable: 4 } : {}),
  },
  actions: {},
}));

/** A console with a morning's work in it. */
export async function startShowcase(t: TestContext): Promise<Site> {
  const baselines = await openStore('sqlite::memory:', {
    limits: defaultStoreLimits,
    timeoutMs: 1000,
  });
  t.after(() => baselines[Symbol.asyncDispose]());
  await fillBaseline(baselines);
  const review = recordingReview(messages, () => raw);
  const summary = {
    id: campaign,
    about: 'the phone number +1 802-555-0138',
    aliases: [alias, 'microsoft-invitations'],
    firstSeen: ago(20 * hourMs),
    lastSeen: ago(5 * minuteMs),
    members: 10,
    held: 7,
    confirmed: false,
  };
  const other = { ...summary, id: '5b4a3f2e1d0c', about: 'a link to fabrikam-pay.example' };
  return startSite(t, {
    operators: null,
    review: {
      ...review,
      review: {
        ...review.review,
        list: (_, { limit }) =>
          Promise.resolve({ messages: messages.slice(0, limit), next: 'next', total: 312 }),
        campaigns: () =>
          Promise.resolve([summary, { ...other, members: 3, held: 0, confirmed: true }]),
        campaign: () =>
          Promise.resolve({
            summary,
            members: [
              member(0, 'held', ''),
              member(1, 'released', '250 2.0.0 Ok: queued as 4F2C11'),
              member(2, 'delivered-tagged', '250 2.0.0 Ok: queued as 4F2C07'),
              member(3, 'delivered-before-flag', '250 2.0.0 Ok: queued as 4F2B90'),
            ],
          }),
        acts: () => Promise.resolve(acts),
        approvals: () =>
          Promise.resolve([
            {
              alias,
              table: 'domain',
              value: 'office.com',
              by: { kind: 'operator', name: 'anna', via: 'console' },
              at: ago(40 * minuteMs),
              expiresAt: new Date(nowMs + 90 * 24 * hourMs).toISOString(),
              reason: 'moved their sign-in pages',
            },
          ]),
      },
      status: {
        ...status,
        startedAt: ago(44 * hourMs),
        budgets: { tag: 0.62, quarantine: 1.3 },
        traffic,
      },
    },
    sources: {
      baselines,
      auditHeads: () =>
        Promise.resolve([
          { writer: 'mx1-0a1b2c3d-1', sequence: 1204, hash: 'ab'.repeat(32), at: ago(minuteMs) },
        ]),
    },
  });
}

/** Every page of the console with something on it. */
export const showcasePages: Readonly<Record<string, string>> = {
  overview: '/',
  quarantine: '/quarantine',
  message: `/quarantine/${first.id}`,
  campaigns: '/campaigns',
  campaign: `/campaigns/${campaign}`,
  aliases: '/aliases',
  alias: `/aliases/${alias}`,
  decisions: '/acts',
  requests: '/requests',
  rules: '/rules',
  audit: '/audit',
  access: '/access',
  error: '/quarantine/nothing-here',
};
