import type { Registry } from 'prom-client';
import type { Act } from '../review/review.ts';
import { counter } from './instruments.ts';

// `satisfies` over Record keeps these complete when a union grows.
const kinds = Object.keys({
  release: 0,
  delete: 0,
  'confirm-attack': 0,
  'approve-value': 0,
  'approve-message': 0,
  notify: 0,
  undo: 0,
} satisfies Record<Act['kind'], 0>);

/** What reviewers do, and what they will not see. */
export function reviewMetrics(registry: Registry) {
  const reviewActs = counter(registry, 'review_acts_total', 'Decisions of reviewers', 'kind');
  for (const kind of kinds) reviewActs.inc({ kind }, 0);
  return {
    reviewActs,
    reviewMessagesLost: counter(
      registry,
      'review_messages_lost_total',
      'Watched messages that passed and could not be remembered for reviewers',
    ),
    reviewReadsFailed: counter(
      registry,
      'review_reads_failed_total',
      'Times that approvals and confirmed attacks could not be read',
    ),
  };
}
