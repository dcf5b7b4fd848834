import type { Facts } from '../facts.ts';
import type { Background } from './background.ts';
import type { Delivery } from './delivery.ts';

/** A delivery of a scenario; only those that it is about are counted. */
export type Step = { readonly delivery: Delivery; readonly isCounted: boolean };

/** A story played on the history of one alias. */
export type Scenario = {
  readonly id: string;
  readonly title: string;
  readonly isAttack: boolean;
  /** What arrives after the history, in order; `from` is the first delivery that is not in it. */
  readonly steps: (background: Background, from: number) => readonly Step[];
};

export type AliasOutcome = {
  readonly alias: string;
  readonly n: number;
  readonly tagged: number;
  readonly quarantined: number;
  /** Counted messages delivered before the first flag; null where none was flagged. */
  readonly beforeFirstFlag: number | null;
};

export function outcomeOf(alias: string, facts: readonly Facts[]): AliasOutcome {
  const first = facts.findIndex(({ tagged }) => tagged);
  return {
    alias,
    n: facts.length,
    tagged: facts.filter(({ tagged }) => tagged).length,
    quarantined: facts.filter(({ quarantined }) => quarantined).length,
    beforeFirstFlag: first === -1 ? null : first,
  };
}
