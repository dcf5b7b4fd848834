import type { AttackResult, HonestResult } from './play.ts';

/** The contract of `demo --json`. */
export type DemoResult = {
  readonly legit: {
    readonly messages: number;
    readonly tagged: number;
    readonly quarantined: number;
  };
  readonly attacks: readonly AttackSummary[];
  readonly relayedByteIdentical: boolean;
};

export type AttackSummary = {
  readonly name: string;
  readonly copies: number;
  /** 1-based; null when no copy was flagged. */
  readonly firstFlaggedCopy: number | null;
  /** The strongest over the copies; score and reason are those of the first copy that met it. */
  readonly action: string;
  readonly scoreBits: number | null;
  readonly reason: string;
};

const strength = ['pass', 'tag', 'quarantine'];

export function summarize(
  honest: readonly HonestResult[],
  attacks: readonly AttackResult[],
): DemoResult {
  const names = [...new Set(attacks.map(({ attack }) => attack))];
  return {
    legit: countActions(honest),
    attacks: names.map((name) =>
      summarizeAttack(
        name,
        attacks.filter(({ attack }) => attack === name),
      ),
    ),
    relayedByteIdentical: [...honest, ...attacks].every(({ identical }) => identical !== false),
  };
}

/** `tagged` counts tag or stronger. */
export function countActions(results: readonly HonestResult[]): DemoResult['legit'] {
  return {
    messages: results.length,
    tagged: results.filter(({ action }) => action !== 'pass').length,
    quarantined: results.filter(({ action }) => action === 'quarantine').length,
  };
}

function summarizeAttack(name: string, copies: readonly AttackResult[]): AttackSummary {
  const flagged = copies.findIndex(({ action }) => action !== 'pass');
  const strongest = copies.reduce((best, copy) =>
    strength.indexOf(copy.action) > strength.indexOf(best.action) ? copy : best,
  );
  return {
    name,
    copies: copies.length,
    firstFlaggedCopy: flagged < 0 ? null : flagged + 1,
    action: strongest.action,
    scoreBits: strongest.scoreBits,
    reason: strongest.reason,
  };
}
