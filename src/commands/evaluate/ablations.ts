import { templateFunctionOf } from '../../alias/template-function.ts';
import { dayMs, maturationDays } from '../../baseline/ledger.ts';
import type { BaselineStore } from '../../baseline/store.ts';
import { decideScored } from '../../decision/decide.ts';
import type { ActiveRules } from '../../dependencies.ts';
import { groupOf, signalIds, type SignalId } from '../../features/signals.ts';
import type { Judgement } from '../../judge.ts';
import { tailProbability } from '../../score/calibration.ts';
import { steadyOnly, uncrossedBits, withoutSignals } from './cause-tables.ts';
import type { Scorer } from './scorer.ts';

/** The detector with one part taken out; a part that is not named is as it is. */
export type Ablation = {
  readonly id: string;
  readonly title: string;
  readonly rules?: (rules: ActiveRules) => ActiveRules;
  readonly store?: (store: BaselineStore) => BaselineStore;
  readonly score?: (score: Scorer, rules: ActiveRules) => Scorer;
};

const families: Readonly<Record<string, readonly SignalId[]>> = {
  contacts: ['phone', 'phone-lure', 'wallet'],
  slots: ['subject-class', 'display-name-class', 'greeting-class', 'body-class'],
  text: ['subject-lure', 'subject-words', 'body-lure'],
  links: ['link', 'link-tld', 'link-standing', 'bare-domain', 'mail-domain', 'path-shape'],
  identity: ['display-name', 'brand', 'reply-to', 'reply-to-standing', 'foreign-actor', 'layout'],
  path: signalIds.filter((signal) => groupOf(signal) === 'path'),
  volume: ['volume', 'new-actors', 'actor-burst', 'ramp'],
  organization: ['stranger-reply-to', 'stranger-domain', 'value-elsewhere'],
};

/** Signals that no family names, so that none is left out of the table. */
const others = signalIds.filter(
  (signal) => signal !== 'attachment-class' && !Object.values(families).flat().includes(signal),
);

export const ablations: readonly Ablation[] = [
  { id: 'full', title: 'nothing taken out' },
  ...Object.entries(families).map(([family, signals]) => withoutFamily(family, signals)),
  {
    ...withoutFamily('attachments', ['attachment-class']),
    score:
      (score) =>
      ({ message, ...asked }) =>
        score({ ...asked, message: { ...message, attachments: [] } }),
  },
  ...(others.length === 0 ? [] : [withoutFamily('other signals', others)]),
  {
    id: 'no-benign-causes',
    title: 'no benign cause but ordinary mail',
    rules: (rules) => ({ ...rules, causes: steadyOnly(rules.causes) }),
  },
  {
    id: 'no-crossing',
    title: 'an attack explains the whole message alone',
    score: (score, rules) => async (asked) =>
      rejudged(await score(asked), {
        asked,
        bits: ({ readings }) => uncrossedBits(readings.signals, rules.causes),
      }),
  },
  {
    id: 'global-priors',
    title: 'rates of all aliases, none of its own',
    store: (store) => withObservation(store, withoutOwnRates),
  },
  {
    id: 'no-maturation',
    title: 'learned at once',
    score: (score) => async (asked) => matured(await score(later(asked))),
  },
];

function withoutFamily(family: string, signals: readonly SignalId[]): Ablation {
  return {
    id: `no-${family.replace(' ', '-')}`,
    title: `without ${family}`,
    rules: (rules) => ({ ...rules, causes: withoutSignals(rules.causes, new Set(signals)) }),
  };
}

type Rejudging = {
  readonly asked: Parameters<Scorer>[0];
  readonly bits: (judgement: Judgement) => number;
};

/** The same message under another score: other bits, and what follows from them. */
function rejudged(judgement: Judgement, { asked, bits: bitsOf }: Rejudging): Judgement {
  const bits = bitsOf(judgement);
  const pValue = tailProbability(bits, judgement.readings.history);
  const score = { ...judgement.score, bits, pValue };
  const purpose = templateFunctionOf(asked.alias, asked.message.subject);
  const decision = decideScored({ score, alias: asked.alias, policy: judgement.policy, purpose });
  const { lesson, releaseLesson } = judgement;
  const isAsBefore = decision.learnFeatures === judgement.decision.learnFeatures;
  const unlearned = lesson && { ...lesson, values: [] };
  return {
    ...judgement,
    score,
    decision,
    lesson: isAsBefore ? lesson : decision.learnFeatures ? releaseLesson() : unlearned,
  };
}

function withObservation(
  store: BaselineStore,
  change: (
    observation: Awaited<ReturnType<BaselineStore['observe']>>,
  ) => Awaited<ReturnType<BaselineStore['observe']>>,
): BaselineStore {
  return {
    observe: async (request) => change(await store.observe(request)),
    commit: (commit) => store.commit(commit),
    retract: (commit) => store.retract(commit),
    aliases: () => store.aliases(),
    describe: (alias, at) => store.describe(alias, at),
    forget: (alias, day) => store.forget(alias, day),
    eraseValue: (table, value) => store.eraseValue(table, value),
    ping: () => store.ping(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

/** Without events and trials of its signals (`counterNames`), an alias has the rates of all aliases. */
function withoutOwnRates(observation: Awaited<ReturnType<BaselineStore['observe']>>) {
  const { snapshot } = observation;
  const counters = Object.fromEntries(
    Object.entries(snapshot.counters).filter(([name]) => !/^[tlx]\./.test(name)),
  );
  return { ...observation, snapshot: { ...snapshot, counters } };
}

/** As if what was learned until now had matured … */
function later(asked: Parameters<Scorer>[0]): Parameters<Scorer>[0] {
  const receivedAt = new Date(asked.receivedAt.getTime() + maturationDays * dayMs);
  return { ...asked, receivedAt };
}

/** … while it is learned on its own day. */
function matured(judgement: Judgement): Judgement {
  const { lesson } = judgement;
  return { ...judgement, lesson: lesson && { ...lesson, day: lesson.day - maturationDays } };
}
