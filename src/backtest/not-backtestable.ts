import type { Alias } from '../alias/alias.ts';
import type { Policy } from '../decision/policy.ts';
import type { ActiveRules } from '../dependencies.ts';
import type { Lists } from '../features/lists.ts';
import { listText } from '../vectors/read-with.ts';
import { changedForUnscored } from './never-scored.ts';
import { ownBudgets } from './own-budgets.ts';
import type { Tally } from './tally.ts';

/** A difference between two sets that kept messages cannot tell. */
export type NotBacktestable = {
  /** What it is, and why: one sentence for a person. */
  readonly what: string;
  /** Kept messages that it could concern. */
  readonly messages: number;
  /** Name of the setting where it is about mail that is never scored, and so never kept. */
  readonly unscored?: string;
  /** What the gate has to say of it, where its shares would else seem to answer for it. */
  readonly gateSays?: string;
};

type Compared = {
  readonly inForce: ActiveRules;
  readonly candidate: ActiveRules;
  readonly tally: Tally;
};

/** What differs and was used before anything was kept: the features were read with it, or the message found its alias by it. */
export function notBacktestable({
  inForce,
  candidate,
  tally,
}: Compared): readonly NotBacktestable[] {
  const kept = (alias: string) => {
    const { passed, held } = tally.appraised[alias] ?? { passed: 0, held: 0 };
    return passed + held;
  };
  const all = Object.keys(tally.appraised).reduce((sum, alias) => sum + kept(alias), 0);
  return [
    ...(tally.readOtherwise === 0
      ? []
      : [
          {
            what: 'lists, languages or popular domains are not those that these messages were read with: not comparable with mail that comes now',
            messages: tally.readOtherwise,
          },
        ]),
    ...changedLists(inForce.lists, candidate.lists).map((list) => ({
      what: `${list} changed: messages were read with the other one`,
      messages: all,
    })),
    ...contentConditions(inForce, candidate).map((id) => ({
      what: `condition ${id} reads the message itself, which is not kept: it is taken as met where one of its name was met then`,
      messages: all,
    })),
    ...changedCap(inForce.policy, candidate.policy).map((what) => ({ what, messages: all })),
    ...countedBudgets(inForce.policy, candidate.policy, tally),
    ...changedForUnscored(inForce.policy, candidate.policy).map(({ setting, what }) => ({
      ...{ what, messages: 0, unscored: setting },
    })),
    ...changedAliases(inForce, candidate).map(({ id, what }) => ({
      what: `alias ${id}: ${what}`,
      messages: kept(id),
    })),
  ];
}

/** Without a bound nothing is past it, and that is known. */
function changedCap(
  { quarantine: { maxHeldPerHour: was } }: Pick<Policy, 'quarantine'>,
  { quarantine: { maxHeldPerHour: is } }: Pick<Policy, 'quarantine'>,
): readonly string[] {
  if (is === null || is === was) return [];
  return [
    'quarantine.maxHeldPerHour changed: what was past the bound then is taken as past the other one, and nothing else is',
  ];
}

/** They change nothing between the sets: for mail under one, both are asked again with the usual share. */
function countedBudgets(
  inForce: Policy,
  candidate: Policy,
  { lackVolume }: Tally,
): readonly NotBacktestable[] {
  const names = [...new Set([...ownBudgets(inForce), ...ownBudgets(candidate)])].join(' and ');
  if (lackVolume === 0) return [];
  return [
    {
      what: `${names}: how much mail that is a day is not kept, so that both sets are held against it with the usual share instead`,
      messages: lackVolume,
      gateSays: `${names} is not backtestable (${lackVolume} kept messages)`,
    },
  ];
}

/** Of conditions that are as they were the answer is known. */
function contentConditions(inForce: ActiveRules, candidate: ActiveRules): readonly string[] {
  const file = 'conditions.yaml';
  const [was, is] = [inForce.files.get(file), candidate.files.get(file)];
  if (was !== undefined && is?.equals(was) === true) return [];
  return candidate.conditions.filter(({ readsMessage }) => readsMessage).map(({ id }) => id);
}

/** Names in the files, by name in memory. */
const listNames: Readonly<Record<keyof Lists, string>> = {
  freeHosting: 'freeHosting in lists.yaml',
  urlShorteners: 'urlShorteners in lists.yaml',
  freeMail: 'freeMail in lists.yaml',
  cheapTopLevelDomains: 'cheapTopLevelDomains in lists.yaml',
  lureWords: 'lureWords in languages/',
  commonWords: 'the words of a language in languages/',
  brands: 'brands in lists.yaml',
  deskWords: 'deskWords in lists.yaml',
  popularDomains: 'the file of popular domains',
  ourActors: 'ourActors in lists.yaml',
  sets: 'sets in lists.yaml',
};

function changedLists(inForce: Lists, candidate: Lists): readonly string[] {
  return (Object.keys(listNames) as (keyof Lists)[])
    .filter((list) => inForce[list] !== candidate[list])
    .filter((list) => listText(inForce[list]) !== listText(candidate[list]))
    .map((list) => listNames[list]);
}

function changedAliases(
  inForce: ActiveRules,
  candidate: ActiveRules,
): readonly { readonly id: string; readonly what: string }[] {
  const before = new Map(inForce.catalogue.aliases.map((alias) => [alias.id, alias]));
  const after = new Map(candidate.catalogue.aliases.map((alias) => [alias.id, alias]));
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((id) => {
    const [was, is] = [before.get(id), after.get(id)];
    if (was === undefined) return [{ id, what: 'new; nothing was scored for it' }];
    if (is === undefined) return [{ id, what: 'not watched any more; its mail would pass' }];
    return readingsOf(was)
      .filter(({ value }, index) => value !== readingsOf(is)[index]?.value)
      .map(({ what }) => ({ id, what }));
  });
}

/** What of an alias decides before anything is kept. */
function readingsOf({ addresses, dkimDomains, spfIsEnough, actor, pack }: Alias) {
  const text = JSON.stringify;
  const isOne = pack?.functions.length === 1;
  return [
    {
      what: 'its addresses or how it proves itself changed: other mail would be its own',
      value: text([addresses, dkimDomains, spfIsEnough]),
    },
    { what: 'who fills its slots changed', value: text(actor) },
    {
      what: 'the subjects of its templates changed: subjects are not kept',
      value: isOne ? text(pack.functions) : text([pack?.functions, pack?.templates]),
    },
  ];
}
