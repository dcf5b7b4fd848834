import { randomBytes } from 'node:crypto';
import type { InForce } from '../activation/rule-set-store.ts';
import type { RulesInForce } from '../activation/rules-in-force.ts';
import type { WatchedAlerts } from '../alerts/alerts.ts';
import { subjectOf, type BreakerOrder } from './breaker-order.ts';
import type { LiveStore } from './live-store.ts';

export type ObeyOrdersOptions = {
  readonly store: Pick<LiveStore, 'orders' | 'propose' | 'forget'>;
  readonly host: string;
  readonly alerts: Pick<WatchedAlerts, 'rulesets' | 'closeBreaker'>;
  readonly inForce: Pick<RulesInForce, 'loaded'>;
  /** What is in force by the store of rules: this process may be behind. */
  readonly storedInForce: () => Promise<Pick<InForce, 'active' | 'candidate'>>;
  readonly now: () => Date;
};

/**
 * Gives what, each time it is called, obeys new orders about the breaker and tells other processes what this one found
 * out. Orders about sets that are not in force are left alone, and forgotten where the store of rules agrees.
 * @throws what the stores throw; what was not done is done the next time.
 */
export function obeyOrders(options: ObeyOrdersOptions): () => Promise<void> {
  const { store, inForce } = options;
  let obeyed: ReadonlyMap<string, string> = new Map();
  return async () => {
    const orders = await store.orders();
    const { active, candidate } = inForce.loaded();
    const inUse = new Set([active.version, candidate?.rules.version]);
    const meant = orders.filter(({ ruleset }) => ruleset === null || inUse.has(ruleset));
    for (const order of meant)
      if (obeyed.get(subjectOf(order)) !== order.id) follow(order, options);
    obeyed = new Map(meant.map((order) => [subjectOf(order), order.id]));
    for (const found of unsaid(orders, options)) await store.propose(found);
    const others = orders.flatMap(({ ruleset }) =>
      ruleset === null || inUse.has(ruleset) ? [] : [ruleset],
    );
    if (others.length > 0) await forget(others, options);
  };
}

function follow(order: BreakerOrder, { alerts }: ObeyOrdersOptions): void {
  const { state, cause, ruleset, reason, by, at } = order;
  const said = cause === 'hand' ? `${by}: ${reason}` : reason;
  alerts.rulesets.obey({ state, cause, ruleset, reason: said, atMs: Date.parse(at) });
  if (ruleset === null && state === 'closed') alerts.closeBreaker();
}

/** What this process found out and nobody has said anything about. */
function unsaid(
  orders: readonly BreakerOrder[],
  { alerts, inForce, host, now }: ObeyOrdersOptions,
): readonly BreakerOrder[] {
  const { active, candidate } = inForce.loaded();
  const spokenOf = new Set(orders.map(({ ruleset }) => ruleset));
  return alerts.rulesets.watches().flatMap(({ ruleset, open }): readonly BreakerOrder[] => {
    const isInUse = ruleset === active.version || ruleset === candidate?.rules.version;
    if (open?.cause !== 'ruleset' || !isInUse || spokenOf.has(ruleset)) return [];
    const id = randomBytes(8).toString('hex');
    const { reason } = open;
    return [
      { id, state: 'open', cause: 'ruleset', ruleset, reason, by: host, at: now().toISOString() },
    ];
  });
}

async function forget(
  rulesets: readonly string[],
  { store, storedInForce }: ObeyOrdersOptions,
): Promise<void> {
  const { active, candidate } = await storedInForce();
  // A store that has lost what it had says nothing about what is in force.
  if (active === null) return;
  const over = rulesets.filter((version) => version !== active && version !== candidate?.version);
  if (over.length > 0) await store.forget(over);
}
