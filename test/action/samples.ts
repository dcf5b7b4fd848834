import type { AuthenticationResults } from '../../src/authentication/results.ts';
import type { Decision } from '../../src/decision/decision.ts';
import type { Score } from '../../src/score/score.ts';
import { memoryContent } from '../../src/smtp/content.ts';
import type { Connection, Envelope, Transaction } from '../../src/smtp/transaction.ts';

export const id = '0123456789abcdefghij';

export const connection: Connection = {
  clientAddress: '192.0.2.10',
  clientPort: 34567,
  clientHostname: 'mail.vendor.test',
  helo: 'mail.vendor.test',
  protocol: 'ESMTPS',
};

export const envelope: Envelope = {
  mailFrom: 'bounce@vendor.test',
  rcptTo: ['ann@example.test'],
  mailParameters: 'BODY=8BITMIME',
  rcptParameters: ['NOTIFY=NEVER'],
};

export function transaction(changes: Partial<Transaction> = {}): Transaction {
  return {
    id,
    receivedAt: new Date('2026-03-05T06:07:08Z'),
    connection,
    envelope,
    content: memoryContent(Buffer.from('Subject: hello\r\n\r\nbody\r\n')),
    ...changes,
  };
}

export const authentication: AuthenticationResults = {
  spf: { result: 'pass', domain: 'vendor.test' },
  dkim: [],
  dmarc: { result: 'fail', policy: 'reject', domain: 'vendor.test' },
  arc: { result: 'none' },
  resinfo: 'spf=pass smtp.mailfrom=vendor.test; dmarc=fail header.from=vendor.test',
};

export const decision: Decision = {
  verdict: 'anomalous',
  action: 'quarantine',
  effectiveAction: 'tag',
  reason:
    'phone +1 802-555-0100 in the subject (never in 5,000 messages) +13.0; prior and the rest -2.0',
  learnFeatures: false,
  learnPending: true,
  conditions: [],
  limit: null,
  campaign: null,
  isCopy: false,
  breakerOpen: false,
  onlyUnder: null,
  failure: null,
};

export const score: Score = {
  bits: 25.04,
  pValue: 3.1e-6,
  cause: { id: 'callback', title: 'callback lure in a slot' },
  benignCause: { id: 'steady', title: 'steady' },
  terms: [
    { signal: 'phone', bits: 27.039, observed: 'phone +1 802-555-0100', baseline: 'never' },
    { signal: 'prior', bits: -1.999, observed: '', baseline: '' },
  ],
  messages: 5000,
  days: 180,
  since: '2026-03-01',
};
