import { isDeepStrictEqual } from 'node:util';
import { effectivePolicy, overridesInForce, type MailOf } from './effective-policy.ts';
import { leavesOf, type PolicyOverride } from './policy-override.ts';
import type { Policy } from './policy.ts';
import { maySharePolicy, withMode } from './recipient-mode.ts';
import type { Mode } from './policy.ts';
import { addresseeOf } from './recipient-domain.ts';
import { leafName, leafText } from './settings-text.ts';

/** Where a setting comes from; `override` counts from 0, in the order of the file. */
export type SettingSource =
  | { readonly kind: 'default' }
  | { readonly kind: 'policy' }
  | { readonly kind: 'override'; readonly override: number }
  | { readonly kind: 'mode' }
  | { readonly kind: 'joint' };

export type ExplainedSetting = {
  /** As the file names it: `quarantine.contactPoint.minDays`. */
  readonly path: string;
  readonly value: unknown;
  /** The value for a person. */
  readonly text: string;
  readonly source: SettingSource;
};

export type ExplainedPolicy = {
  readonly settings: readonly ExplainedSetting[];
  /** Recipients that are told to come in another transaction, as the first ones may not share theirs. */
  readonly apart: readonly string[];
};

export type ToExplain = {
  readonly policy: Policy;
  readonly mail: MailOf;
  readonly recipients: readonly string[];
  /** `--mode`, or null. */
  readonly mode: Mode | null;
  /** Whether a path stands in the file itself. */
  readonly isWritten: (path: string) => boolean;
};

/** Every single setting of the policy for some mail, and where its value comes from. */
export function explainPolicy({
  policy,
  mail,
  recipients,
  mode,
  isWritten,
}: ToExplain): ExplainedPolicy {
  const capped = mode === null ? policy : withMode(policy, mode);
  const [first] = recipients;
  const isTogether = (recipient: string) =>
    first === undefined || maySharePolicy(first, recipient, capped);
  const together = recipients.filter(isTogether);
  const inForce = effectivePolicy(capped, mail, together);
  const ways = (together.length === 0 ? [null] : together).map((recipient) =>
    lastWord(policy.overrides, mail, recipient),
  );
  const sourceOf = (path: string, value: unknown): SettingSource => {
    const [one, ...others] = ways.map((last) => last.get(path) ?? null);
    if (mode !== null && path === 'mode') return { kind: 'mode' };
    if (others.some((other) => other !== one)) return { kind: 'joint' };
    if (one !== null && one !== undefined) return { kind: 'override', override: one };
    // What several policies come to together may be the word of none of them.
    if (!isDeepStrictEqual(settingsOf(capped).get(path), value)) return { kind: 'joint' };
    return { kind: isWritten(leafName(path, value)) ? 'policy' : 'default' };
  };
  return {
    settings: [...settingsOf(inForce)].map(([path, value]) => ({
      path: leafName(path, value),
      value,
      text: leafText(value),
      source: sourceOf(path, value),
    })),
    apart: recipients.filter((recipient) => !isTogether(recipient)),
  };
}

/** By path, the override that is uppermost for this recipient. */
function lastWord(
  overrides: readonly PolicyOverride[],
  mail: MailOf,
  recipient: string | null,
): ReadonlyMap<string, number> {
  const addressee = recipient === null ? null : addresseeOf(recipient);
  const last = new Map<string, number>();
  for (const override of overridesInForce(overrides, mail, addressee))
    for (const path of leavesOf(override.set).keys()) last.set(path, overrides.indexOf(override));
  return last;
}

/** All but what names mail or senders instead of saying what is done. */
function settingsOf(policy: Policy): ReadonlyMap<string, unknown> {
  const named: readonly string[] = ['overrides', 'watch'];
  return leavesOf(
    Object.fromEntries(Object.entries(policy).filter(([name]) => !named.includes(name))),
  );
}
