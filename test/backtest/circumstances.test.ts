import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reappraiser } from '../../src/backtest/reappraise.ts';
import { createPseudonym } from '../../src/features/hash.ts';
import { hideRules } from '../../src/vectors/hide-rules.ts';
import { keptFrom } from '../../src/vectors/kept-from.ts';
import type { ScoredToKeep } from '../../src/vectors/keep-vectors.ts';
import type { KeptMessage } from '../../src/vectors/kept-message.ts';
import { packMessage, unpackMessage } from '../../src/vectors/message-form.ts';
import { oneOfEachVendor, openDesk } from '../alerts/desk.ts';

const pseudonym = createPseudonym(Buffer.alloc(32, 7));

function stored(scored: ScoredToKeep): KeptMessage {
  const kept = keptFrom({ ...scored, pseudonym, readWith: '' });
  assert.ok(kept);
  return unpackMessage(packMessage(kept), {
    snapshot: kept.appraised.observation.snapshot,
    fits: kept.circumstances.fits,
  });
}

test('what was past the bound on holds is so again, where there is one', async () => {
  const limits = {
    alias: { perHour: 1, action: 'quarantine' },
    actor: null,
    newActor: null,
  } as const;
  await using desk = await openDesk({
    policy: { limits },
    change: (rules) => ({
      ...rules,
      policy: {
        ...rules.policy,
        quarantine: { ...rules.policy.quarantine, maxHeldPerHour: 2 },
      },
    }),
  });
  const [alias] = oneOfEachVendor(desk.rules);
  assert.ok(alias);
  for (let minutes = 0; minutes < 5; minutes++)
    await desk.send({ alias, body: 'Thank you.', minutes });
  const kept = desk.scored.map(stored);
  assert.deepEqual(
    kept.map(({ outcome }) => outcome.effectiveAction),
    ['pass', 'quarantine', 'quarantine', 'tag', 'tag'],
  );
  const [{ rules } = assert.fail()] = desk.scored;
  const again = kept.map(reappraiser(hideRules(rules, pseudonym)));
  assert.deepEqual(
    again,
    kept.map(({ outcome }) => outcome),
  );
  const quarantine = { ...rules.policy.quarantine, maxHeldPerHour: null };
  const unbounded = { ...rules, policy: { ...rules.policy, quarantine } };
  assert.deepEqual(
    kept.map(reappraiser(hideRules(unbounded, pseudonym))).map((one) => one?.effectiveAction),
    ['pass', 'quarantine', 'quarantine', 'quarantine', 'quarantine'],
  );
});
