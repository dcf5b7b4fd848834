import { historyOf } from './baseline/history.ts';
import { dayMs, dayOf, maturationDays } from './baseline/ledger.ts';
import { usualSilenceDays } from './baseline/usual-silence.ts';
import { suffices } from './decision/decide.ts';
import type { Policy } from './decision/policy.ts';
import type { BaselineFacts } from './observability/baseline-metrics.ts';
import type { AliasLedger } from './pooled-ledgers.ts';

/** What operators watch of one alias's history; `at` of the ledger is now. */
export function baselineFacts(
  { alias, snapshot, values, at }: AliasLedger,
  { quarantine }: Pick<Policy, 'quarantine'>,
): BaselineFacts {
  const { messages, days } = historyOf(snapshot);
  const { firstDay, daily } = snapshot;
  const lastDay = Math.max(...values.map(({ record }) => record.lastDay), 0);
  const lastMail = daily.at(-1)?.day ?? null;
  return {
    alias,
    messages,
    days,
    isMature: suffices({ messages, days }, quarantine),
    firstLearnedAt: firstDay === null ? null : new Date(firstDay * dayMs),
    lastLearnedAt: lastDay === 0 ? null : new Date(lastDay * dayMs),
    // Somewhere in that day: silence is not to be said too early.
    lastSeenAt: lastMail === null ? null : new Date((lastMail + 1) * dayMs),
    usualSilenceDays: usualSilenceDays(daily, dayOf(at) - maturationDays),
  };
}
