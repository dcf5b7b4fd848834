import { appraise } from '../appraise.ts';
import type { BaselineStore } from '../baseline/store.ts';
import type { ActiveRules } from '../dependencies.ts';
import type { Pseudonym } from '../features/hash.ts';
import type { SignalId } from '../features/signals.ts';
import { domainOf } from '../message/mailbox.ts';
import { lookupsOf } from '../score/known-values.ts';
import { outcomeOf, type Outcome } from './compare-outcome.ts';
import type { RuleTest } from './rule-test.ts';
import { statedFeatures } from './stated-features.ts';

/** Who receives what a case only states. */
const somebody = 'anna@example.com';

/** Holds stated features against the history of the case's alias, with the rules alone: there is no message to read. */
export async function judgeStated({
  test,
  levels,
  rules,
  store,
  pseudonym,
}: {
  readonly test: RuleTest;
  readonly levels: ReadonlyMap<SignalId, number>;
  readonly rules: ActiveRules;
  readonly store: BaselineStore;
  readonly pseudonym: Pseudonym;
}): Promise<Outcome> {
  const { at, recipients } = test;
  const alias = rules.catalogue.aliases.find(({ id }) => id === test.alias);
  if (alias === undefined) return nobodys;
  const rcptTo = recipients ?? [somebody];
  const features = statedFeatures(
    levels,
    rcptTo.map((address) => ({
      address: pseudonym(address),
      domain: pseudonym(domainOf(address)),
    })),
  );
  const observation = await store.observe({
    alias: alias.id,
    at,
    values: lookupsOf(features),
    signature: null,
    recipients: features.recipients.map(({ address }) => address),
    actor: features.actor,
    count: false,
  });
  const { score, decision } = appraise(
    {
      alias,
      purpose: null,
      recipients: rcptTo,
      at,
      features,
      observation,
      organization: null,
      inherited: new Set(),
      approved: new Set(),
    },
    rules,
  );
  return outcomeOf({ alias: alias.id, score, decision });
}

/** Features alone are nobody's. */
const nobodys: Outcome = {
  alias: null,
  verdict: 'unwatched',
  action: 'pass',
  bits: null,
  cause: null,
  signals: [],
  conditions: [],
  reason: '',
};
