import { isDeepStrictEqual } from 'node:util';
import { reaches } from './effective-policy.ts';
import {
  byRank,
  holdingSettings,
  leavesOf,
  rankOf,
  type PolicyOverride,
  type PolicySettings,
} from './policy-override.ts';
import type { Mode, Policy } from './policy.ts';
import { addresseeOf, type Addressee } from './recipient-domain.ts';

/** From the least harmful to the most. */
const modesByHarm: readonly Mode[] = ['shadow', 'tag', 'enforce'];

/**
 * Whether a recipient may join the first of a transaction. All of them share one reply to DATA, and where one
 * recipient's mail may be held otherwise than another's there is none that fits both (RFC 5321 §4.5.3.1.10: the client
 * sends the others in another transaction). Neither alias nor function is known yet, so they must agree whatever both
 * will be.
 */
export function maySharePolicy(first: string, candidate: string, policy: Policy): boolean {
  const { overrides } = policy;
  if (overrides.every(isForAll)) return true;
  const one = settingsOf(addresseeOf(first), policy);
  const other = settingsOf(addresseeOf(candidate), policy);
  if (!mayEnforce(one, policy) && !mayEnforce(other, policy)) return true;
  if (!isDeepStrictEqual(one.ofSome, other.ofSome)) return false;
  const general = leavesOf(holdingSettings(policy));
  const inBetween = [...overrides.filter(isForAll), ...one.ofSome].map(({ set }) => leavesOf(set));
  return [...new Set([...one.ofAll.keys(), ...other.ofAll.keys()])].every((path) => {
    const given = [one.ofAll.get(path), other.ofAll.get(path)] as const;
    const [left, right] = given.map((setting) => (setting ? setting.value : general.get(path)));
    if (!isDeepStrictEqual(left, right)) return false;
    // Equal values are not enough where another override comes above one of them and below the other.
    return given[0]?.rank === given[1]?.rank || !inBetween.some((set) => set.has(path));
  });
}

/** A mode given from outside the rules (`--mode`) replaces the one for all and is the most that is done to anybody. */
export function withMode(policy: Policy, mode: Mode): Policy {
  const overrides = policy.overrides.map((override): PolicyOverride => {
    const { set } = override;
    if (set.mode === undefined) return override;
    return { ...override, set: { ...set, mode: leastHarmful([set.mode, mode]) } };
  });
  return { ...policy, mode, overrides };
}

/** What overrides that name recipients say of one, as far as mail may be held by it. */
type OfRecipient = {
  /** Of all mail, by path. */
  readonly ofAll: ReadonlyMap<string, { readonly value: unknown; readonly rank: number }>;
  /** Of some mail only, in order of rank. */
  readonly ofSome: readonly {
    readonly rank: number;
    readonly mail: object;
    readonly set: PolicySettings;
  }[];
};

function settingsOf(recipient: Addressee, { overrides }: Policy): OfRecipient {
  const own = byRank(
    overrides.filter((override) => !isForAll(override) && reaches(override, recipient)),
  );
  const ofAll = own.filter((override) => !isOfSomeMail(override));
  return {
    ofAll: new Map(
      ofAll.flatMap((override) => {
        const rank = rankOf(override);
        const settings = [...leavesOf(holdingPart(override))];
        return settings.map(([path, value]) => [path, { value, rank }] as const);
      }),
    ),
    ofSome: own.filter(isOfSomeMail).flatMap((override) => {
      const set = holdingPart(override);
      const { vendor, alias, function: purpose } = override.for;
      const mail = { vendor, alias, purpose };
      return leavesOf(set).size === 0 ? [] : [{ rank: rankOf(override), mail, set }];
    }),
  };
}

/** A warning is put on mail that is delivered. */
function holdingPart({ set }: PolicyOverride): PolicySettings {
  return { ...set, warning: {} };
}

function isForAll({ for: { recipient, recipientDomain } }: PolicyOverride): boolean {
  return recipient === undefined && recipientDomain === undefined;
}

function isOfSomeMail({ for: { vendor, alias, function: purpose } }: PolicyOverride): boolean {
  return (vendor ?? alias ?? purpose) !== undefined;
}

/** Only `enforce` keeps mail from a recipient. */
function mayEnforce({ ofAll, ofSome }: OfRecipient, { mode, overrides }: Policy): boolean {
  const ofEverybody = [mode, ...overrides.filter(isForAll).map(({ set }) => set.mode)];
  const own = ofAll.get('mode');
  const modes = [
    ...(own === undefined ? ofEverybody : [own.value]),
    ...ofSome.map(({ set }) => set.mode),
  ];
  return modes.includes('enforce');
}

function leastHarmful(modes: readonly Mode[]): Mode {
  return modesByHarm.find((mode) => modes.includes(mode)) ?? 'shadow';
}
