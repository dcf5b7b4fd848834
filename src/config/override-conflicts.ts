import type { Alias } from '../alias/alias.ts';
import { vendorSlug } from '../alias/vendor-slug.ts';
import { layered } from '../decision/effective-policy.ts';
import {
  byRank,
  leavesOf,
  rankOf,
  selectorKinds,
  type PolicyOverride,
  type Selectors,
} from '../decision/policy-override.ts';
import type { Policy } from '../decision/policy.ts';
import { domainOf } from '../decision/recipient-domain.ts';
import type { FoundProblem } from './explain-issue.ts';
import { policyFaults, type PolicyFault } from './policy-faults.ts';
import { pathOfName } from './written-selector.ts';

/** An override, where it stands in the list, and what it sets. */
type Placed = PolicyOverride & {
  readonly index: number;
  readonly rank: number;
  readonly leaves: ReadonlySet<string>;
  /** Whose mail it is for, by alias and vendor. */
  readonly aliases: ReadonlySet<string>;
};

/** Overrides that are in each other's way, or in that of the policy they are put over. */
export function overrideConflicts(
  policy: Policy,
  written: () => unknown,
  watched: readonly Alias[],
): readonly FoundProblem[] {
  const named = watched.map(({ id, vendor }) => ({ id, vendor: vendorSlug(vendor) }));
  const placed = policy.overrides.map((override, index): Placed => ({
    ...override,
    index,
    rank: rankOf(override),
    leaves: new Set(leavesOf(override.set).keys()),
    aliases: aliasesOf(override.for, named),
  }));
  return [
    ...placed.flatMap((override) => repeatedRecipients(override, placed, written)),
    ...placed.flatMap((override) => withoutEffect(override, placed)),
    ...contradictions(policy, placed),
  ];
}

/** Of two settings for one recipient the first would be silently without effect. */
function repeatedRecipients(
  override: Placed,
  placed: readonly Placed[],
  written: () => unknown,
): readonly FoundProblem[] {
  const earlier = placed.filter(
    ({ index, rank }) => index < override.index && rank === override.rank,
  );
  return earlier.flatMap((other) => {
    const leaf = [...override.leaves].find((path) => other.leaves.has(path));
    if (leaf === undefined || !meet(override.for, other.for)) return [];
    return (['recipient', 'recipientDomain'] as const).flatMap((kind) =>
      [...(override.for[kind] ?? [])]
        .filter((name) => other.for[kind]?.has(name))
        .map((name): FoundProblem => ({
          path: pathOfName(written, override.index, { kind, name }),
          message: `\`${name}\` has \`${leaf}\` already, by overrides[${other.index}]`,
          hint: 'remove one of the two',
          on: 'value',
        })),
    );
  });
}

/** Everything it sets is set again by later ones of its rank that are for all of its mail. */
function withoutEffect(override: Placed, placed: readonly Placed[]): readonly FoundProblem[] {
  if (override.for.recipient ?? override.for.recipientDomain) return []; // told above
  const later = placed.filter(
    ({ index, rank, for: selectors }) =>
      index > override.index && rank === override.rank && covers(selectors, override.for),
  );
  const by = later.find(({ leaves }) => [...override.leaves].some((path) => leaves.has(path)));
  const isDead = [...override.leaves].every((path) => later.some(({ leaves }) => leaves.has(path)));
  if (by === undefined || !isDead) return [];
  const message = `has no effect: overrides[${by.index}] sets the same for the same mail, and of equals the later wins`;
  return [
    { path: ['overrides', override.index], message, hint: 'remove one of the two', on: 'value' },
  ];
}

/** What holds for the policy must hold for it with each override on top, and with any two that can meet. */
function contradictions(policy: Policy, placed: readonly Placed[]): readonly FoundProblem[] {
  const alone = placed.flatMap((override) =>
    policyFaults(layered(policy, [override])).map((fault) => ({ override, fault, with: null })),
  );
  const isFaulty = new Set(alone.map(({ override }) => override.index));
  const sound = placed.filter(({ index }) => !isFaulty.has(index));
  const together = sound.flatMap((override) =>
    sound
      .filter((other) => other.index < override.index)
      .filter((other) => mayContradict(other, override) && canMeet(other, override))
      .flatMap((other) =>
        policyFaults(layered(policy, byRank([other, override]))).map((fault) => ({
          override,
          fault,
          with: other,
        })),
      ),
  );
  return [...alone, ...together].map(({ override, fault, with: other }) =>
    contradiction(fault, override, other),
  );
}

function contradiction(
  { held, tagged }: PolicyFault,
  { index, leaves, rank }: Placed,
  other: Placed | null,
): FoundProblem {
  const isSetHere = ({ path }: PolicyFault['held']) =>
    leaves.has(leafOf(path)) &&
    (other === null || !other.leaves.has(leafOf(path)) || rank >= other.rank);
  const [wrong, against] = isSetHere(held) ? [held, tagged] : [tagged, held];
  const by = other?.leaves.has(leafOf(against.path)) ? ` by overrides[${other.index}]` : '';
  return {
    path: ['overrides', index, 'set', ...wrong.path.split('.')],
    message: `${wrong.message} (${against.path} is ${against.value}${by})`,
    hint: wrong.hint,
    on: 'value',
  };
}

/** Two numbers of one budget are one setting. */
function leafOf(path: string): string {
  return path.replace('alertsPerDay', 'budget');
}

const held = ['actions.anomalous', 'quarantine.budget', 'quarantine.floorBits'];
const tagged = ['actions.suspicious', 'tag.budget', 'tag.floorBits'];

/** Only one that sets how mail is held and one that sets how it is tagged can be wrong together and right alone. */
function mayContradict(one: Placed, other: Placed): boolean {
  const sets = ({ leaves }: Placed, paths: readonly string[]) =>
    paths.map((path) => leaves.has(path));
  const [oneHeld, oneTagged] = [sets(one, held), sets(one, tagged)];
  const [otherHeld, otherTagged] = [sets(other, held), sets(other, tagged)];
  return held.some(
    (_, pair) =>
      (oneHeld[pair] === true && otherTagged[pair] === true) ||
      (oneTagged[pair] === true && otherHeld[pair] === true),
  );
}

/** Whether some mail may be meant by both. */
function canMeet(one: Placed, other: Placed): boolean {
  const both = [one.for, other.for];
  const named = both.flatMap(({ recipient }) => [...(recipient ?? [])]);
  const isReached = (address: string) =>
    both.every(
      ({ recipient, recipientDomain }) =>
        (recipient?.has(address) ?? true) && (recipientDomain?.has(domainOf(address)) ?? true),
    );
  return (
    meet(one.for, other.for) &&
    intersect(one.aliases, other.aliases) &&
    (named.length === 0 || named.some(isReached))
  );
}

function aliasesOf(
  { alias, vendor }: Selectors,
  watched: readonly { readonly id: string; readonly vendor: string }[],
): ReadonlySet<string> {
  const own = watched.filter(
    (candidate) => (alias?.has(candidate.id) ?? true) && (vendor?.has(candidate.vendor) ?? true),
  );
  return new Set(own.map(({ id }) => id));
}

/** Some name of every kind that both name. */
function meet(one: Selectors, other: Selectors): boolean {
  return selectorKinds.every((kind) => {
    const [left, right] = [one[kind], other[kind]];
    return left === undefined || right === undefined || intersect(left, right);
  });
}

/** Every name of the narrower, kind by kind; the same kinds are named in both. */
function covers(wider: Selectors, narrower: Selectors): boolean {
  return selectorKinds.every((kind) => {
    const names = narrower[kind];
    return names === undefined || [...names].every((name) => wider[kind]?.has(name));
  });
}

function intersect(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return [...one].some((name) => other.has(name));
}
