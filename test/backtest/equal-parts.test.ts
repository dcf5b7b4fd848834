import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparison } from '../../src/backtest/backtest.ts';
import { reappraiser } from '../../src/backtest/reappraise.ts';
import { createPseudonym } from '../../src/features/hash.ts';
import { hideRules, type HiddenRules } from '../../src/vectors/hide-rules.ts';
import { keptFrom } from '../../src/vectors/kept-from.ts';
import type { KeptMessage } from '../../src/vectors/kept-message.ts';
import { packMessage, unpackMessage } from '../../src/vectors/message-form.ts';
import { appraisedMail, shippedRules } from '../support/appraised-mail.ts';

const pseudonym = createPseudonym(Buffer.alloc(32, 7));

test('what two sets read alike is read once, and both make of mail what each makes of it alone', async () => {
  const rules = await shippedRules();
  const mail = await appraisedMail({ count: 60, rules, pseudonym });
  const stored = mail.map(({ transaction, judgement }) => {
    const { appraised, score, decision, policy } = judgement;
    const alias = appraised?.message.alias.id ?? '';
    const analysis = { alias, score, decision, policy, ...(appraised && { appraised }) };
    const kept = keptFrom({ transaction, analysis, rules, pseudonym, readWith: '' });
    assert.ok(kept);
    return { packed: packMessage(kept), snapshot: kept.appraised.observation.snapshot };
  });
  /** Each time anew: nothing of an earlier reading may be known. */
  const messages = (): readonly KeptMessage[] =>
    stored.map(({ packed, snapshot }) =>
      unpackMessage(packed, { snapshot: structuredClone(snapshot), fits: [] }),
    );
  const { causes, policy } = rules;
  const phone = { ...causes.signals.phone, cold: causes.signals.phone.cold * 3 };
  const attack = causes.attack.map((cause, index) =>
    index === 0 ? { ...cause, weight: cause.weight * 40 } : cause,
  );
  const inForce = hideRules({ ...rules, version: 'other' }, pseudonym);
  const candidates: Readonly<Record<string, Partial<typeof rules>>> = {
    'a weight': { causes: { ...causes, attack } },
    'a prior': { causes: { ...causes, signals: { ...causes.signals, phone } } },
    'a mode': { policy: { ...policy, mode: 'shadow' } },
  };
  for (const [changed, part] of Object.entries(candidates)) {
    const candidate = hideRules({ ...rules, ...part, version: changed }, pseudonym);
    const alone = (set: HiddenRules) => messages().map(reappraiser(set));
    const both = messages().map(comparison({ inForce, candidate }));
    const before = both.map((compared) => compared.before);
    const after = both.map((compared) => compared.after);
    assert.deepEqual(before, alone(inForce), changed);
    assert.deepEqual(after, alone(candidate), changed);
    assert.notDeepEqual(after, before, changed);
  }
});
