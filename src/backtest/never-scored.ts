import { applyMode } from '../decision/apply-mode.ts';
import type { PolicyOverride } from '../decision/policy-override.ts';
import { failureCauses, type Policy } from '../decision/policy.ts';

/** A setting that differs and is about mail of which nothing is kept, since it is never scored. */
export type UnscoredSetting = {
  /** As it is written in policy.yaml. */
  readonly setting: string;
  /** What differs: one sentence for a person. */
  readonly what: string;
};

type Decides = Pick<Policy, 'mode' | 'impersonation' | 'failOpen' | 'watch' | 'overrides'>;

const shownAddresses = 3;
const claims = 'mail that claims an alias is not kept';

/** What is done with claims of an alias, with mail that cannot be analysed, and with mail that nobody watched so far. */
export function changedForUnscored(
  inForce: Decides,
  candidate: Decides,
): readonly UnscoredSetting[] {
  return [
    ...changedClaims(inForce, candidate),
    ...changedOverrides(inForce, candidate),
    ...failureCauses.flatMap((cause): readonly UnscoredSetting[] => {
      const [was, is] = [inForce.failOpen[cause], candidate.failOpen[cause]];
      const setting = `failOpen.${cause}`;
      const what = `${setting} changed from ${was} to ${is}: mail that cannot be analysed is not kept`;
      return was === is ? [] : [{ setting, what }];
    }),
    ...newlyWatched(inForce, candidate),
  ];
}

function changedClaims(
  { mode, impersonation: { action } }: Decides,
  { mode: newMode, impersonation: { action: newAction } }: Decides,
): readonly UnscoredSetting[] {
  if (action !== newAction) {
    const setting = 'impersonation.action';
    return [{ setting, what: `${setting} changed from ${action} to ${newAction}: ${claims}` }];
  }
  const [was, is] = [applyMode(action, mode), applyMode(newAction, newMode)];
  if (was === is) return [];
  return [{ setting: 'mode', what: `mode: ${newMode} makes ${is} of ${was}: ${claims}` }];
}

function changedOverrides(
  { overrides: before }: Decides,
  { overrides: after }: Decides,
): readonly UnscoredSetting[] {
  if (textOf(before) === textOf(after)) return [];
  const what = `overrides set another impersonation.action or mode: ${claims}`;
  return [{ setting: 'impersonation.action of overrides', what }];
}

/** What of overrides reaches claims. */
function textOf(overrides: readonly PolicyOverride[]): string {
  const told = overrides
    .filter(({ set }) => set.impersonation !== undefined || set.mode !== undefined)
    .map(({ for: selectors, set: { impersonation, mode } }) => ({
      selectors: Object.entries(selectors).map(([kind, names]) => [kind, [...names].sort()]),
      ...{ impersonation, mode },
    }));
  return JSON.stringify(told);
}

function newlyWatched(
  { watch: before }: Decides,
  { watch: after }: Decides,
): readonly UnscoredSetting[] {
  const known = new Set(before);
  const added = after.filter((address) => !known.has(address));
  if (added.length === 0) return [];
  const more = added.length - shownAddresses;
  const named = `${added.slice(0, shownAddresses).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const what = `watch has ${named} as well: mail from there, or claiming to be, is not kept`;
  return [{ setting: 'watch', what }];
}
