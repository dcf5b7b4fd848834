import type { BenignCause } from './causes.ts';
import type { Features } from '../features/features.ts';
import { tailProbability } from './calibration.ts';
import { bitsOfReading, compareCauses, type Likelihood } from './likelihood.ts';
import { readSignals, type ReadingInput, type Readings, type SignalReading } from './readings.ts';
import type { Score, Term } from './score.ts';

/** Terms below this are summed into the last one. */
const leastTermBits = 0.3;

export type ScoredMessage = { readonly score: Score; readonly readings: Readings };

/** Scores one message against the observed baseline of its alias. Pure: same input, same score. */
export function scoreMessage(input: ReadingInput): ScoredMessage {
  const readings = readOnce(input);
  const likelihood = compareCauses(readings.signals, input.causes, readings.rates);
  const { history } = readings;
  const { attack, benign } = likelihood;
  const score: Score = {
    bits: likelihood.bits,
    pValue: tailProbability(likelihood.bits, history),
    cause: { id: attack.cause.attack.id, title: attack.cause.attack.title },
    benignCause: joined(benign.cause.causes),
    terms: termsOf(readings.signals, likelihood),
    messages: history.messages,
    days: history.days,
    since: history.since,
  };
  return { score, readings };
}

const read = new WeakMap<Features, { readonly input: ReadingInput; readonly readings: Readings }>();

/** Two sets of rules may differ in their causes alone: what both read of a message is read once. */
function readOnce(input: ReadingInput): Readings {
  const known = read.get(input.features);
  if (known !== undefined && isReadAlike(known.input, input)) return known.readings;
  const readings = readSignals(input);
  read.set(input.features, { input, readings });
  return readings;
}

function isReadAlike(one: ReadingInput, other: ReadingInput): boolean {
  return (
    one.observation === other.observation &&
    one.organization === other.organization &&
    one.pack === other.pack &&
    one.causes.signals === other.causes.signals &&
    one.today === other.today &&
    one.dayShare === other.dayShare &&
    one.inherited === other.inherited &&
    one.approved === other.approved
  );
}

function joined(causes: readonly BenignCause[]): Score['benignCause'] {
  return {
    id: causes.map(({ id }) => id).join('+'),
    title: causes.map(({ title }) => title).join(' and '),
  };
}

/**
 * What the best attack adds to the same world without it, for each signal that is shown; priors, small terms, what is not
 * there and what a benign cause explains are the last term, so that all of them add up to the score (promise P7).
 */
function termsOf(
  readings: readonly SignalReading[],
  { bits, attack, twin }: Likelihood,
): readonly Term[] {
  const terms = readings
    .flatMap((reading, index): readonly Term[] => {
      const { signal, observed, baseline } = reading;
      if (observed === '') return [];
      const added = bitsOfReading(reading, index, attack) - bitsOfReading(reading, index, twin);
      return Math.abs(added) < leastTermBits ? [] : [{ signal, bits: added, observed, baseline }];
    })
    .sort((left, right) => right.bits - left.bits);
  const rest = bits - terms.reduce((sum, term) => sum + term.bits, 0);
  return [
    ...terms,
    {
      signal: 'prior',
      bits: rest,
      observed: 'how rare attacks are, and everything else',
      baseline: '',
    },
  ];
}
