import type { History } from '../baseline/history.ts';
import { groupOf, signalIds, type SignalId } from '../features/signals.ts';
import type { Tally } from './beta-binomial-grid.ts';
import { betaMixture } from './beta-mixture.ts';
import type { CauseTable, SignalPrior } from './causes.ts';
import { fitPrior, leastAliases, type FittedPrior } from './fit-prior.ts';

/** What the ledger of one alias says of one signal. */
export type SignalTally = {
  /** After the start-up: first appearances, or messages out of range. */
  readonly known: Tally;
  /** Before: messages that showed the thing at all. */
  readonly first: Tally;
};

/** What the ledger of one alias says of every signal. */
export type AliasTallies = Readonly<Record<SignalId, SignalTally>>;

export type SignalFit = {
  readonly signal: SignalId;
  /** Null where fewer than 8 aliases were asked after their start-up. */
  readonly fitted: FittedPrior | null;
  /** Share of an alias's first messages that show the thing, averaged over aliases; null where none was counted. */
  readonly cold: { readonly share: number; readonly aliases: number } | null;
};

export function talliesOf(history: History): AliasTallies {
  const tallies = {} as Record<SignalId, SignalTally>;
  for (const signal of signalIds) {
    const group = groupOf(signal);
    tallies[signal] = {
      known: { events: history.innovations(signal), trials: history.trials(group) },
      first: { events: history.firstShown(signal), trials: history.firstAsked(group) },
    };
  }
  return tallies;
}

/** First messages of an alias from which a share is more than an anecdote. */
const leastFirst = 5;

/** Prior and cold rate of one signal over aliases. Takes some milliseconds: call it off the path of mail. */
export function fitSignal(signal: SignalId, aliases: readonly AliasTallies[]): SignalFit {
  const shares = aliases
    .map((tallies) => tallies[signal].first)
    .filter(({ trials }) => trials >= leastFirst)
    .map(({ events, trials }) => Math.min(1, events / trials));
  const sum = shares.reduce((total, share) => total + share, 0);
  return {
    signal,
    fitted: fitPrior(aliases.map((tallies) => tallies[signal].known)),
    cold: shares.length === 0 ? null : { share: sum / shares.length, aliases: shares.length },
  };
}

/**
 * What a callback or an answer to a stranger needs. Mail of a patient attacker must not make them look ordinary on every
 * alias at once, so no fit touches them.
 */
const keptAsShipped: ReadonlySet<SignalId> = new Set([
  'phone',
  'wallet',
  'reply-to',
  'reply-to-standing',
  'stranger-reply-to',
  'value-elsewhere',
]);

/** Aliases' worth of trust in what ships. */
const shippedAliases = leastAliases;

/**
 * The shipped prior and the fitted one, each with the weight of the aliases behind it. A site of few aliases keeps what
 * ships, and contact points keep it always.
 */
export function pooledPriors(
  shipped: CauseTable['signals'],
  fits: readonly SignalFit[],
): CauseTable['signals'] {
  const priors: Record<SignalId, SignalPrior> = { ...shipped };
  for (const { signal, fitted, cold } of fits) {
    if (keptAsShipped.has(signal)) continue;
    const own = shipped[signal];
    const pooled = fitted === null ? own : withFitted(own, fitted);
    priors[signal] = cold === null ? pooled : withCold(pooled, cold);
  }
  return priors;
}

function withFitted(shipped: SignalPrior, { components, aliases }: FittedPrior): SignalPrior {
  const all = shippedAliases + aliases;
  const scaled =
    (share: number) =>
    ({ weight, a, b }: { readonly weight: number; readonly a: number; readonly b: number }) => ({
      weight: weight * share,
      a,
      b,
    });
  return {
    ...shipped,
    components: betaMixture([
      ...shipped.components.map(scaled(shippedAliases / all)),
      ...components.map(scaled(aliases / all)),
    ]),
  };
}

/** `coldBy` follows: what a thing is among those of its signal does not change with how common they are. */
function withCold(
  prior: SignalPrior,
  { share, aliases }: { readonly share: number; readonly aliases: number },
): SignalPrior {
  if (aliases < leastAliases) return prior;
  const pooled = (shippedAliases * prior.cold + aliases * share) / (shippedAliases + aliases);
  const cold = Math.min(0.98, Math.max(0.001, pooled));
  const coldBy = Object.fromEntries(
    Object.entries(prior.coldBy).map(([what, rate]) => [
      what,
      Math.min(0.98, ((rate ?? prior.cold) * cold) / prior.cold),
    ]),
  );
  return { ...prior, cold, coldBy };
}
