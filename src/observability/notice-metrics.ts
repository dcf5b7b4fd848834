import { Gauge, type Registry } from 'prom-client';
import { noticeKinds } from '../notices/notice.ts';
import type { LinkOutcome } from '../notices/links/link-acts.ts';
import { linkPurposes } from '../notices/links/signed-link.ts';
import type { OutboxStatus } from '../notices/outbox-status.ts';
import type { SendingOutcome } from '../notices/outbox.ts';
import { counter, gauge } from './instruments.ts';

// `satisfies` over Record keeps these complete when a union grows.
const outcomes = Object.keys({
  sent: 0,
  again: 0,
  settled: 0,
  refused: 0,
  expired: 0,
  lost: 0,
} satisfies Record<SendingOutcome | 'lost', 0>);
const linkOutcomes = Object.keys({
  asked: 0,
  requested: 0,
  released: 0,
  reported: 0,
  refused: 0,
  used: 0,
  expired: 0,
  invalid: 0,
  gone: 0,
  failed: 0,
} satisfies Record<LinkOutcome, 0>);

/** Whether those who should know of held mail are told: a filter whose notices stop is believed to hold nothing. */
export function noticeMetrics(registry: Registry) {
  let status: (() => OutboxStatus) | null = null;
  const latest = () => {
    try {
      return status?.() ?? null;
    } catch {
      return null; // one file that cannot be read must not take the other metrics away
    }
  };
  const notices = counter(
    registry,
    'notices_total',
    'Notices by what came of a try to send them',
    'kind',
    'outcome',
  );
  const noticeLinks = counter(
    registry,
    'notice_links_total',
    'Links of notices that were opened or used',
    'purpose',
    'outcome',
  );
  // Before the other gauge, which it measures as well: the file is read once a scrape.
  const pending: Gauge = new Gauge({
    name: 'aliaswatch_notices_pending',
    help: 'Held messages to be told of, and notices that are not delivered yet',
    aggregator: 'max',
    registers: [registry],
    collect: () => {
      const now = latest();
      if (now === null) return;
      pending.set(now.waiting + now.pending);
      const since = now.overdueSince?.getTime();
      oldest.set(since === undefined ? 0 : Math.max(0, Date.now() - since) / 1000);
    },
  });
  const oldest = gauge(
    registry,
    'notices_oldest_unsent_seconds',
    'How long the oldest notice is overdue; 0 when none is',
  );
  for (const kind of noticeKinds) for (const outcome of outcomes) notices.inc({ kind, outcome }, 0);
  for (const purpose of [...linkPurposes, 'none'])
    for (const outcome of linkOutcomes) noticeLinks.inc({ purpose, outcome }, 0);
  return {
    notices,
    noticeLinks,
    /** Says where the gauges come from; a source that throws leaves their last figures. */
    measureNotices: (source: () => OutboxStatus) => {
      status = source;
    },
  };
}
