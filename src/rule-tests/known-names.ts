import { createCatalogue } from '../alias/catalogue.ts';
import type { FoundProblem } from '../config/explain-issue.ts';
import { nearestName } from '../config/nearest-name.ts';
import type { RuleSet } from '../config/rule-set.ts';
import type { WrittenCase } from '../config/rule-tests-schema.ts';

/** Aliases, causes and conditions that a case names and the rules do not have; paths are those below the case. */
export function unknownNames(
  { alias, expect }: WrittenCase,
  { aliases, policy, causes, conditions }: RuleSet,
): readonly FoundProblem[] {
  const known = {
    aliases: ['none', ...createCatalogue(aliases, policy.watch).aliases.map(({ id }) => id)],
    causes: ['none', ...causes.attack.map(({ id }) => id)],
    conditions: conditions.map(({ id }) => id),
  };
  const { cause, conditions: matched = [] } = expect;
  return [
    ...unknown(alias, {
      known: known.aliases,
      what: 'alias',
      path: ['alias'],
      otherwise: '`aliaswatch alias list` shows the ids',
    }),
    ...(cause === undefined
      ? []
      : unknown(cause, {
          known: known.causes,
          what: 'attack cause',
          path: ['expect', 'cause'],
          otherwise: `one of: ${known.causes.join(', ')}`,
        })),
    ...matched.flatMap((id, index) =>
      unknown(id, {
        known: known.conditions,
        what: 'condition',
        path: ['expect', 'conditions', index],
        otherwise: 'the ids are those of conditions.yaml',
      }),
    ),
  ];
}

function unknown(
  name: string,
  {
    known,
    what,
    path,
    otherwise,
  }: {
    readonly known: readonly string[];
    readonly what: string;
    readonly path: readonly PropertyKey[];
    readonly otherwise: string;
  },
): readonly FoundProblem[] {
  if (known.includes(name)) return [];
  const near = nearestName(name, known);
  const hint = near === null ? otherwise : `did you mean \`${near}\`?`;
  return [{ path, message: `no ${what} is called \`${name}\``, hint, on: 'value' }];
}
