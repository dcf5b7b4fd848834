import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAlerts, noAlerts, type Scored } from '../../src/alerts/alerts.ts';
import type { Campaign } from '../../src/decision/campaign.ts';
import type { Policy } from '../../src/decision/policy.ts';
import { alias, policy, score, term } from '../decision/samples.ts';

const perDay: Policy = {
  ...policy,
  tag: { ...policy.tag, alertsPerDay: 10 },
  quarantine: { ...policy.quarantine, alertsPerDay: 2 },
};
const at = (day: number) => new Date(Date.parse('2026-03-02T12:00:00Z') + day * 86_400_000);
const campaign = (id: string): Campaign => ({ id, by: 'phone', keys: [id], text: [] });

function desk() {
  const used = new Map<string, number>();
  const alerts = createAlerts({
    campaignSeen: () => undefined,
    breakerOpened: () => undefined,
    breakerClosed: () => undefined,
    budgetUsed: (budget, ratio) => void used.set(budget, ratio),
  });
  const note = (day: number, flagged: Partial<Scored> = {}) =>
    alerts.note({
      alias: alias(null),
      at: at(day),
      score: score({ terms: [term('phone')] }),
      hourMessages: 1,
      verdict: 'clean',
      campaign: null,
      policy: perDay,
      ruleset: 'v',
      compared: null,
      ...flagged,
    });
  return { alerts, note, used };
}

test('alerts a day become a chance per message once a whole day has been counted', () => {
  const { alerts, note } = desk();
  const chances = (day: number) => {
    const { tag, quarantine } = alerts.withBudgets(perDay, at(day));
    return [tag.budget, quarantine.budget];
  };
  assert.deepEqual(chances(0), [1e-3, 1e-4]);
  for (let message = 0; message < 400; message++) note(1 - (message === 0 ? 1 : 0));
  assert.deepEqual(chances(1), [1e-3, 1e-4]);
  assert.deepEqual(chances(2), [10 / 399, 2 / 399]);
  assert.equal(alerts.withBudgets(policy, at(2)).tag.budget, 1e-3, 'a chance stays a chance');
});

test('a campaign uses a budget up once, however many copies it has', () => {
  const { note, used } = desk();
  for (let copy = 0; copy < 50; copy++)
    note(0, { verdict: 'anomalous', campaign: campaign('aaaaaaaaaaaa') });
  assert.deepEqual([used.get('tag'), used.get('quarantine')], [0.1, 0.5]);
  note(0, { verdict: 'suspicious', campaign: campaign('bbbbbbbbbbbb') });
  assert.deepEqual([used.get('tag'), used.get('quarantine')], [0.2, 0.5]);
  note(1);
  assert.deepEqual([used.get('tag'), used.get('quarantine')], [0, 0], 'every day begins anew');
});

test('copies are told from the first', () => {
  const { note } = desk();
  const flagged = { verdict: 'anomalous', campaign: campaign('aaaaaaaaaaaa') };
  assert.deepEqual(
    [note(0, flagged), note(0, flagged), note(0)].map(({ campaign: id, isCopy }) => [id, isCopy]),
    [
      ['aaaaaaaaaaaa', false],
      ['aaaaaaaaaaaa', true],
      [null, false],
    ],
  );
});

test('an archive has no ceilings, and its messages stand alone', () => {
  const limits = { ...policy.limits, alias: { perHour: 1, action: 'defer' } } as const;
  assert.equal(noAlerts.withBudgets({ ...policy, limits }, at(0)).limits.alias, null);
});
