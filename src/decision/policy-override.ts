import type { Budget, Ceilings, Maturity, Mode, Policy } from './policy.ts';
import type { Warning } from './warning-policy.ts';

/** What an override is for, from the lowest rank to the highest: a kind outranks all before it together. */
export const selectorKinds = [
  'vendor',
  'alias',
  'function',
  'recipientDomain',
  'recipient',
] as const;
export type SelectorKind = (typeof selectorKinds)[number];

/**
 * Names by kind; a kind that is absent does not matter, of one that is there any name will do. Vendors as slugs,
 * addresses and domains in lower case, as A-labels.
 */
export type Selectors = { readonly [Kind in SelectorKind]?: ReadonlySet<string> };

/** The settings that an override may change. What is absent stays as it is. */
export type PolicySettings = {
  readonly mode?: Mode;
  readonly actions?: Partial<Policy['actions']>;
  readonly tag?: Partial<Budget>;
  readonly quarantine?: Partial<Budget & Maturity> & { readonly contactPoint?: Partial<Maturity> };
  readonly impersonation?: Partial<Policy['impersonation']>;
  readonly limits?: Partial<Ceilings>;
  readonly warning?: Partial<Warning>;
};

/** Other settings for some mail. */
export type PolicyOverride = { readonly for: Selectors; readonly set: PolicySettings };

/** Vendor 1, alias 2, template function 4, recipient domain 8, recipient 16: the sum of what it names. */
export function rankOf({ for: selectors }: Pick<PolicyOverride, 'for'>): number {
  return selectorKinds.reduce(
    (sum, kind, bit) => (selectors[kind] === undefined ? sum : sum + 2 ** bit),
    0,
  );
}

/** The lowest rank first; equal ones stay in the order of the file. */
export function byRank(overrides: readonly PolicyOverride[]): readonly PolicyOverride[] {
  return overrides.length < 2
    ? overrides
    : [...overrides].sort((left, right) => rankOf(left) - rankOf(right));
}

/** The policy with these settings in the place of its own, each by itself. */
export function withSettings(policy: Policy, set: PolicySettings): Policy {
  const { contactPoint, ...quarantine } = set.quarantine ?? {};
  return {
    ...policy,
    mode: set.mode ?? policy.mode,
    actions: { ...policy.actions, ...set.actions },
    tag: { ...policy.tag, ...set.tag },
    quarantine: {
      ...policy.quarantine,
      ...quarantine,
      contactPoint: { ...policy.quarantine.contactPoint, ...contactPoint },
    },
    impersonation: { ...policy.impersonation, ...set.impersonation },
    limits: { ...policy.limits, ...set.limits },
    warning: { ...policy.warning, ...set.warning },
  };
}

/** All settings of a policy that may decide whether mail reaches its recipient; a warning is put on mail that does. */
export function holdingSettings({
  mode,
  actions,
  tag,
  quarantine,
  impersonation,
  limits,
}: Policy): PolicySettings {
  return { mode, actions, tag, quarantine, impersonation, limits };
}

/**
 * Every single setting by its path, such as `quarantine.contactPoint.minDays`. A ceiling is one, and so are `budget` and
 * `alertsPerDay`, as `budget`: each takes the place of the other.
 */
export function leavesOf(settings: PolicySettings): ReadonlyMap<string, unknown> {
  return new Map(leaves('', settings));
}

function leaves(prefix: string, value: object): readonly (readonly [string, unknown])[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const path = `${prefix}${key}`;
    if (key === 'scope' || key === 'alertsPerDay') return [];
    if (key === 'budget') return [[path, budgetOf(value)] as const];
    if (typeof inner !== 'object' || inner === null || prefix === 'limits.')
      return [[path, inner] as const];
    return leaves(`${path}.`, inner);
  });
}

/** So many a day of this mail is another chance than so many of that. */
function budgetOf({ budget, alertsPerDay, scope }: Partial<Budget>): unknown {
  return typeof alertsPerDay === 'number' ? { alertsPerDay, scope } : budget;
}
