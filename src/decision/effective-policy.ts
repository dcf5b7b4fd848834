import type { Alias, MailFunction } from '../alias/alias.ts';
import { vendorSlug } from '../alias/vendor-slug.ts';
import { jointPolicy } from './joint-policy.ts';
import { byRank, withSettings, type PolicyOverride } from './policy-override.ts';
import type { Policy } from './policy.ts';
import { addresseeOf, type Addressee } from './recipient-domain.ts';

/** What tells which overrides are meant. */
export type MailOf = {
  /** Null for mail of nobody's alias. */
  readonly alias: Pick<Alias, 'id' | 'vendor'> | null;
  /** What the message is for (`templateFunctionOf`), or null. */
  readonly purpose: MailFunction | null;
};

/**
 * The policy of one message: what all of it says, with the overrides that are for it (docs/rules.md, "Overrides and
 * precedence"). The result has no overrides. Several recipients get what their policies come to together.
 */
export function effectivePolicy(policy: Policy, mail: MailOf, rcptTo: readonly string[]): Policy {
  if (policy.overrides.length === 0) return policy;
  const suiting = byRank(overridesFor(policy.overrides, mail));
  const policies = groupsOf(suiting, rcptTo.map(addresseeOf)).map((overrides) =>
    resolved(policy, overrides),
  );
  return jointPolicy(policies);
}

/** Those that are for mail like this and for this recipient, the lowest rank first; null for no recipient in particular. */
export function overridesInForce(
  overrides: readonly PolicyOverride[],
  mail: MailOf,
  recipient: Addressee | null,
): readonly PolicyOverride[] {
  return byRank(overridesFor(overrides, mail).filter((override) => reaches(override, recipient)));
}

/** The policy with these overrides on top, the last one uppermost. */
export function resolved(policy: Policy, overrides: readonly PolicyOverride[]): Policy {
  const result = layered(policy, overrides);
  const { tag, quarantine } = result;
  // What is held would be tagged as well.
  const budget = Math.min(quarantine.budget, tag.budget);
  return { ...result, quarantine: { ...quarantine, budget }, overrides: [] };
}

/** The same as it is written, be it sensible or not. */
export function layered(policy: Policy, overrides: readonly PolicyOverride[]): Policy {
  return overrides.reduce((before, { set }) => withSettings(before, set), policy);
}

/** Whether an override is for this recipient, as far as it names any; null is none that it names. */
export function reaches({ for: selectors }: PolicyOverride, recipient: Addressee | null): boolean {
  return (
    (selectors.recipient?.has(recipient?.address ?? '') ?? true) &&
    (selectors.recipientDomain?.has(recipient?.domain ?? '') ?? true)
  );
}

function overridesFor(
  overrides: readonly PolicyOverride[],
  { alias, purpose }: MailOf,
): readonly PolicyOverride[] {
  const vendor = alias === null ? '' : vendorSlug(alias.vendor);
  return overrides.filter(
    ({ for: selectors }) =>
      (selectors.vendor?.has(vendor) ?? true) &&
      (selectors.alias?.has(alias?.id ?? '') ?? true) &&
      (selectors.function?.has(purpose ?? '') ?? true),
  );
}

/** Overrides of each kind of recipient: a message to a thousand has few. */
function groupsOf(
  overrides: readonly PolicyOverride[],
  recipients: readonly Addressee[],
): readonly (readonly PolicyOverride[])[] {
  const groups = new Map<string, readonly PolicyOverride[]>();
  for (const recipient of recipients.length === 0 ? [null] : recipients) {
    const isOwn = overrides.map((override) => reaches(override, recipient));
    groups.set(
      isOwn.join(),
      overrides.filter((_, index) => isOwn[index]),
    );
  }
  return [...groups.values()];
}
