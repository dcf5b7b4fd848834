import { posteriorMean } from '../../score/beta-mixture.ts';
import type { Chance } from '../../score/causes.ts';
import { causeTableFrom } from '../causes-schema.ts';
import type { Doubt, RuleDocuments } from './rule-documents.ts';

/** Causes that can explain nothing, and rates that contradict each other. */
export function causeDoubts({ causes }: RuleDocuments): readonly Doubt[] {
  const { file, value } = causes;
  const found = [...rareParts(value), ...idleAttacks(value), ...crowdedPriors(value)];
  return found.map((doubt) => ({ ...doubt, file }));
}

type Causes = RuleDocuments['causes']['value'];
type Found = Omit<Doubt, 'file'>;

/** A thing among those of a signal cannot be more common than all of them. */
function rareParts({ signals }: Causes): readonly Found[] {
  return Object.entries(signals).flatMap(([signal, { cold, coldBy }]) =>
    Object.entries(coldBy)
      .filter(([, rate]) => rate > cold)
      .map(([part, rate]) => ({
        path: ['signals', signal, 'coldBy', part],
        message: `\`${part}\` (${rate}) would be more common than \`${signal}\` as a whole (cold: ${cold})`,
        hint: `write at most ${cold}, or a larger \`cold\``,
        on: 'value',
      })),
  );
}

/** An attack cause that no signal speaks for can never be what explains a message. */
function idleAttacks(causes: Causes): readonly Found[] {
  const { signals } = causeTableFrom(causes);
  return causes.attack.flatMap(({ id, chances }, index): readonly Found[] => {
    const named = Object.entries(chances);
    if (named.length === 0)
      return [
        {
          path: ['attack', index, 'chances'],
          message: `\`${id}\` names no signal: it can never explain a message better than everyday mail`,
          hint: 'name what carries the attack, e.g. `phone: 0.95`',
          on: 'value',
        },
      ];
    const speaks = named.some(
      ([signal, chance]) =>
        firstLevel(chance) >
        posteriorMean(signals[signal as keyof typeof signals].components, 0, 0),
    );
    if (speaks) return [];
    return [
      {
        path: ['attack', index, 'chances'],
        message: `no signal speaks for \`${id}\`: each is rarer under it than in honest mail`,
        hint: 'write a larger chance for what carries the attack, e.g. 0.95',
        on: 'key',
      },
    ];
  });
}

/** What the other benign causes take is not everyday mail. */
function crowdedPriors({ benign }: Causes): readonly Found[] {
  const fixed = benign.map(({ prior }) => (typeof prior === 'number' ? prior : 0));
  const sum = Math.round(fixed.reduce((total, prior) => total + prior, 0) * 1000) / 1000;
  if (sum <= 0.5) return [];
  const largest = fixed.indexOf(Math.max(...fixed));
  return [
    {
      path: ['benign', largest, 'prior'],
      message: `the benign causes together explain ${sum} of all honest mail: too little is everyday mail`,
      hint: 'write how often each really happens; measured ones lie between 0.001 and 0.02',
      on: 'value',
    },
  ];
}

function firstLevel(chance: Chance): number {
  return [chance].flat()[0] ?? 0;
}
