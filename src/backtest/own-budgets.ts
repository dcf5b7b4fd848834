import { overridesInForce } from '../decision/effective-policy.ts';
import type { PolicyOverride } from '../decision/policy-override.ts';
import type { Policy } from '../decision/policy.ts';
import { addresseeOf } from '../decision/recipient-domain.ts';
import type { HiddenRules } from '../vectors/hide-rules.ts';
import type { KeptMessage } from '../vectors/kept-message.ts';

/**
 * An override's own `alertsPerDay` is a chance that follows the volume of the mail that it is for. With a message that
 * volume is not kept, and of an override that is new nobody ever counted it.
 */

const budgets = ['tag', 'quarantine'] as const;

/** Settings of this kind, as a person would call them: `tag.alertsPerDay for alias docusign`. */
export function ownBudgets({ overrides }: Pick<Policy, 'overrides'>): readonly string[] {
  return overrides.flatMap(({ set }) =>
    budgets
      .filter((budget) => isCounted(set[budget]))
      .map((budget) => `${budget}.alertsPerDay for ${set[budget]?.scope ?? ''}`),
  );
}

/** Whether such a setting is for a message. */
export function ownBudgetOf({
  policy,
  aliases,
}: Pick<HiddenRules, 'policy' | 'aliases'>): (message: KeptMessage) => boolean {
  const overrides = policy.overrides.filter(({ set }) =>
    budgets.some((budget) => isCounted(set[budget])),
  );
  if (overrides.length === 0) return () => false;
  return ({ alias, appraised, recipients }) => {
    const mail = { alias: aliases.get(alias) ?? null, purpose: appraised.purpose };
    const addressees = recipients.length === 0 ? [null] : recipients.map(addresseeOf);
    return addressees.some((each) => overridesInForce(overrides, mail, each).length > 0);
  };
}

function isCounted(budget: PolicyOverride['set']['tag']): boolean {
  return typeof budget?.alertsPerDay === 'number';
}
