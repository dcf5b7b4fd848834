import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAlerts } from '../../../src/alerts/alerts.ts';
import { counterNames } from '../../../src/baseline/history.ts';
import { dayOf } from '../../../src/baseline/ledger.ts';
import { openStore } from '../../../src/baseline/open-store.ts';
import { defaultStoreLimits } from '../../../src/baseline/store.ts';
import type { Policy } from '../../../src/decision/policy.ts';
import { heldMessage } from '../../quarantine/samples.ts';
import { loggedIn, names, rules, someAlias, startSite } from '../console-site.ts';
import { recordingReview } from '../recording-review.ts';

const alias = rules.aliases[0];

/** After two whole days with so many messages of watched aliases each. */
function alertsAfter(perDay: number, at: Date, policy: Policy) {
  const ignore = () => undefined;
  const alerts = createAlerts({
    campaignSeen: ignore,
    breakerOpened: ignore,
    breakerClosed: ignore,
    budgetUsed: ignore,
  });
  if (alias === undefined) throw new Error('no alias');
  const score = { terms: [] } as unknown as Parameters<typeof alerts.note>[0]['score'];
  const common = {
    alias,
    score,
    hourMessages: 1,
    verdict: 'clean',
    campaign: null,
    policy,
    ruleset: 'v',
    compared: null,
  };
  for (let day = 2; day >= 0; day--)
    for (let count = 0; count < perDay; count++)
      alerts.note({ ...common, at: new Date(at.getTime() - day * 86_400_000) });
  return alerts;
}

test('pages show the thresholds that alerts a day come to, not those of the share beside them', async (t) => {
  const at = new Date();
  await using baselines = await openStore('sqlite::memory:', {
    limits: defaultStoreLimits,
    timeoutMs: 1000,
  });
  await baselines.commit({
    id: 'one',
    alias: someAlias,
    day: dayOf(at) - 20,
    counters: { [counterNames.messages]: 9000, [counterNames.score(-4)]: 9000 },
    values: [],
  });
  const given = (alertsPerDay: number | null): Policy => ({
    ...rules.policy,
    tag: { ...rules.policy.tag, alertsPerDay },
    quarantine: { ...rules.policy.quarantine, alertsPerDay: alertsPerDay && alertsPerDay / 10 },
  });
  const thresholds = async (policy: Policy): Promise<readonly string[]> => {
    const held = heldMessage({ alias: someAlias });
    const alerts = alertsAfter(5000, at, policy);
    const site = await startSite(t, {
      review: recordingReview([held]),
      sources: { baselines, policyInForce: () => alerts.withBudgets(policy, at) },
    });
    const browser = loggedIn(site, names.viewer);
    const paths = [`/aliases/${someAlias}`, `/quarantine/${held.id}`];
    const pages = await Promise.all(paths.map((path) => browser.get(path)));
    return pages.map(({ body }) => /tag from [^"]*/.exec(body)?.[0] ?? body);
  };
  const [alone, few] = await Promise.all([thresholds(given(null)), thresholds(given(0.1))]);
  assert.deepEqual(alone, Array(2).fill('tag from 7.25, hold from 12'));
  assert.deepEqual(few, Array(2).fill('tag from 9.75, hold from 13'));
});
