import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAlerts, type Scored } from '../../src/alerts/alerts.ts';
import { heed, tellingOthers, type AlertWord } from '../../src/alerts/shared-alerts.ts';
import type { Campaign } from '../../src/decision/campaign.ts';
import { alias, policy, score, term } from '../decision/samples.ts';

const at = new Date('2026-03-02T12:00:00Z');
const campaign = (id: string): Campaign => ({ id, by: 'phone', keys: [id], text: [] });

/** So many processes that tell one another as JSON, and what the first of them makes known. */
function processes(count: number) {
  const campaigns: string[] = [];
  const all = Array.from({ length: count }, (_, index) =>
    createAlerts({
      campaignSeen: ({ joined, isFirst }) => {
        if (index === 0 && isFirst) campaigns.push(joined.id);
      },
      breakerOpened: () => undefined,
      breakerClosed: () => undefined,
      budgetUsed: () => undefined,
    }),
  );
  const telling = all.map((alerts) =>
    tellingOthers(alerts, (word) => {
      const heard = JSON.parse(JSON.stringify(word)) as AlertWord;
      for (const other of all) if (other !== alerts) heed(other, heard);
    }),
  );
  return { telling, campaigns };
}

function flagged(changes: Partial<Scored> = {}): Scored {
  return {
    alias: alias(null),
    at,
    score: score({ terms: [term('phone'), term('link')] }),
    hourMessages: 1,
    verdict: 'anomalous',
    campaign: campaign('aaaaaaaaaaaa'),
    policy,
    ruleset: 'v',
    compared: null,
    ...changes,
  };
}

test('a campaign is one campaign, wherever its copies come in', () => {
  const { telling, campaigns } = processes(3);
  const standings = [0, 1, 2, 1, 0].map((index) => telling[index]!.note(flagged()));
  assert.deepEqual(
    standings.map(({ isCopy }) => isCopy),
    [false, true, true, true, true],
  );
  assert.deepEqual(campaigns, ['aaaaaaaaaaaa']);
  for (const each of telling)
    assert.deepEqual(each.today(at), { watched: 5, tag: 1, quarantine: 1 });
});

test('all processes see the same as one that had all the mail', () => {
  const { telling } = processes(2);
  const [alone] = processes(1).telling;
  for (let nth = 0; nth < 40; nth++) {
    const id = `${nth % 7}`.padStart(12, 'a');
    const scored = flagged({
      at: new Date(at.getTime() + nth * 60_000),
      campaign: nth % 3 === 0 ? campaign(id) : null,
      verdict: nth % 3 === 0 ? 'suspicious' : 'clean',
      alias: { ...alias(null), id: `alias-${nth % 4}`, vendor: `vendor-${nth % 4}` },
    });
    assert.deepEqual(telling[nth % 2]!.note(scored), alone!.note(scored));
  }
  for (const each of telling) {
    assert.deepEqual(each.openings(), alone!.openings());
    assert.deepEqual(each.flags.of(at), alone!.flags.of(at));
  }
});

test('the bound on holds is one for all of them', () => {
  const { telling } = processes(2);
  const held = [0, 1, 0, 1, 0].map((index) => telling[index]!.hold(at, 3));
  assert.deepEqual(held, [true, true, true, false, false]);
  for (const each of telling) assert.equal(each.flags.heldLastHour(at), 3);
});
