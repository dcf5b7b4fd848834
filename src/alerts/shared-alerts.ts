import type { Scored, WatchedAlerts } from './alerts.ts';

/** What processes that take the mail of one port tell one another, as JSON. */
export type AlertWord =
  | { readonly kind: 'noted'; readonly scored: Omit<Scored, 'at'> & { readonly atMs: number } }
  | { readonly kind: 'held'; readonly atMs: number };

/** The same alerts, with others told of whatever counts. */
export function tellingOthers(
  alerts: WatchedAlerts,
  tell: (word: AlertWord) => void,
): WatchedAlerts {
  return {
    ...alerts,
    note: (scored) => {
      tell({ kind: 'noted', scored: essence(scored) });
      return alerts.note(scored);
    },
    hold: (at, maxHeldPerHour) => {
      const mayHold = alerts.hold(at, maxHeldPerHour);
      if (mayHold) tell({ kind: 'held', atMs: at.getTime() });
      return mayHold;
    },
  };
}

/** What another process counted is counted here as well: budgets, campaigns, breaker and holds are those of all mail. */
export function heed(alerts: Pick<WatchedAlerts, 'note' | 'hold'>, word: AlertWord): void {
  if (word.kind === 'held') alerts.hold(new Date(word.atMs), null);
  else alerts.note({ ...word.scored, at: new Date(word.scored.atMs) });
}

/** Without what only the decision on the message itself needs. */
function essence({ alias, at, score, policy, ...scored }: Scored) {
  const { breaker, tag, quarantine } = policy;
  return {
    ...scored,
    alias: { id: alias.id, vendor: alias.vendor },
    atMs: at.getTime(),
    score: { terms: score.terms.slice(0, 1).map(({ signal }) => ({ signal })) },
    policy: { breaker, tag, quarantine },
  };
}
