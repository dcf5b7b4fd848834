import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActiveRules } from '../../../dependencies.ts';
import type { Pseudonym } from '../../../features/hash.ts';
import type { Facts } from '../facts.ts';
import type { LureBank } from '../lures.ts';
import type { Stream } from '../streams.ts';
import { readBackground, type Background } from './background.ts';
import { driftScenarios } from './drift-scenarios.ts';
import { buildHistory, type History } from './forks.ts';
import { forwardScenarios } from './forward-scenarios.ts';
import type { Poison } from './poison-plans.ts';
import { canBePoisoned, poison, type PoisonOutcome } from './poisoning.ts';
import { replayScenarios } from './replay-scenarios.ts';
import { outcomeOf, type AliasOutcome, type Scenario } from './scenario.ts';
import { volumeScenarios } from './volume-scenarios.ts';

export const scenarios: readonly Scenario[] = [
  ...replayScenarios,
  ...volumeScenarios,
  ...forwardScenarios,
  ...driftScenarios,
];

/** An alias needs so much history before anything happens to it, and so much mail after. */
const leastMessages = { before: 100, after: 40 };
const historyMessages = 200;

export type ScenarioOutcome = AliasOutcome & { readonly scenario: string };

export type StreamScenarios = {
  readonly scenarios: readonly ScenarioOutcome[];
  readonly poisonings: readonly PoisonOutcome[];
};

export type ScenarioOptions = {
  readonly rules: ActiveRules;
  readonly pseudonym: Pseudonym;
  /** Null leaves the poisonings out. */
  readonly bank: LureBank | null;
  readonly poisons: readonly Poison[];
  /** Called once per scenario and poisoning. */
  readonly report: () => void;
};

/** Whether a stream is long enough to be the background of scenarios. */
export function canBeBackground({ messages }: Stream): boolean {
  return messages.length >= leastMessages.before + leastMessages.after;
}

/** Every scenario on the history of one alias, each on a copy of its own; empty for a stream that is too short. */
export async function runScenarios(
  stream: Stream,
  options: ScenarioOptions,
): Promise<StreamScenarios> {
  if (!canBeBackground(stream)) return { scenarios: [], poisonings: [] };
  const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-scenarios-'));
  try {
    const background = await readBackground(stream);
    const from = Math.min(historyMessages, background.deliveries.length - leastMessages.after);
    const build = (name: string, until: number) =>
      buildHistory(name, background.deliveries.slice(0, until), { ...options, stream, directory });
    const history = await build('history', from);
    const outcomes: ScenarioOutcome[] = [];
    for (const scenario of scenarios) {
      outcomes.push(await play(scenario, { background, from, history }));
      options.report();
    }
    const { bank, poisons: plans } = options;
    const start = leastMessages.before;
    const poisonings =
      bank && canBePoisoned(background, start)
        ? await poison(background, start, { history: await build('poison', start), bank, plans })
        : [];
    options.report();
    return { scenarios: outcomes, poisonings };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function play(
  scenario: Scenario,
  {
    background,
    from,
    history,
  }: { readonly background: Background; readonly from: number; readonly history: History },
): Promise<ScenarioOutcome> {
  const facts = await history.fork(async ({ deliver }) => {
    const found: Facts[] = [];
    for (const { delivery, isCounted } of scenario.steps(background, from)) {
      const judged = await deliver(delivery);
      if (isCounted) found.push(judged);
    }
    return found;
  });
  return { scenario: scenario.id, ...outcomeOf(background.stream.address, facts) };
}
