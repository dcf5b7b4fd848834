import type { Share } from '../share.ts';
import { poisons } from './poison-plans.ts';
import { poisonedKinds, type PoisonOutcome } from './poisoning.ts';
import { scenarios, type StreamScenarios } from './run-scenarios.ts';
import type { AliasOutcome } from './scenario.ts';

export type ScenarioRow = Share & {
  readonly scenario: string;
  readonly title: string;
  readonly isAttack: boolean;
  readonly perThousand: number;
  /** Aliases on which at least one message was flagged, of `aliases`. */
  readonly aliasesFlagged: number;
  readonly aliases: number;
  readonly perAlias: readonly AliasOutcome[];
};

export type PoisonRow = {
  readonly poison: string;
  readonly title: string;
  readonly kind: string;
  readonly sent: Share;
  readonly before: Share;
  readonly after: Share;
  /** Percentage points of recall that the poison cost; negative where recall rose. */
  readonly pointsLost: number;
};

export type ScenarioFigures = {
  readonly rows: readonly ScenarioRow[];
  readonly poisoning: readonly PoisonRow[];
};

export function scenarioFigures(streams: readonly StreamScenarios[]): ScenarioFigures {
  const outcomes = streams.flatMap((stream) => stream.scenarios);
  const poisonings = streams.flatMap((stream) => stream.poisonings);
  return {
    rows: scenarios.map(({ id, title, isAttack }) => {
      const perAlias = outcomes
        .filter(({ scenario }) => scenario === id)
        .map(({ alias, n, tagged, quarantined, beforeFirstFlag }) => ({
          alias,
          n,
          tagged,
          quarantined,
          beforeFirstFlag,
        }));
      const total = sum(perAlias);
      return {
        scenario: id,
        title,
        isAttack,
        ...total,
        perThousand: total.n === 0 ? 0 : (1000 * total.tagged) / total.n,
        aliases: perAlias.length,
        aliasesFlagged: perAlias.filter(({ tagged }) => tagged > 0).length,
        perAlias,
      };
    }),
    poisoning: poisons.flatMap(({ id, title }) =>
      poisonedKinds.map((kind) => ({
        poison: id,
        title,
        ...poisonRow(
          kind,
          poisonings.filter((outcome) => outcome.poison === id && outcome.kind === kind),
        ),
      })),
    ),
  };
}

function poisonRow(kind: string, outcomes: readonly PoisonOutcome[]) {
  const before = sum(outcomes.map((outcome) => outcome.before));
  const after = sum(outcomes.map((outcome) => outcome.after));
  const recall = ({ n, tagged }: Share) => (n === 0 ? 0 : (100 * tagged) / n);
  return {
    kind,
    sent: sum(outcomes.map(({ sent }) => sent)),
    before,
    after,
    pointsLost: recall(before) - recall(after),
  };
}

function sum(shares: readonly Share[]): Share {
  return shares.reduce<Share>(
    (total, { n, tagged, quarantined }) => ({
      n: total.n + n,
      tagged: total.tagged + tagged,
      quarantined: total.quarantined + quarantined,
    }),
    { n: 0, tagged: 0, quarantined: 0 },
  );
}
