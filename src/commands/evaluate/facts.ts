import type { Decision } from '../../decision/decision.ts';
import type { Judgement } from '../../judge.ts';
import type { SignalReading } from '../../score/readings.ts';

/** What the measurement keeps of one judgement. `tagged` is tag or stronger. */
export type Facts = {
  readonly bits: number;
  /** Claimed chance that an honest message scores as high. */
  readonly pValue: number;
  readonly tagged: boolean;
  readonly quarantined: boolean;
  /** Matured messages behind the score. */
  readonly messages: number;
  /** The alias has at least 50 of them and none ever brought a link or bare domain that was new. */
  readonly isClosed: boolean;
  /** The rival score: surprisal of every signal shown, summed as if they were independent. */
  readonly surpriseBits: number;
};

const closedAfterMessages = 50;

export function factsOf({ score, decision, readings }: Judgement): Facts {
  const { history, signals } = readings;
  return {
    bits: score.bits,
    pValue: score.pValue,
    tagged: isFlagged(decision),
    quarantined: decision.action === 'quarantine',
    messages: score.messages,
    isClosed:
      history.messages >= closedAfterMessages &&
      history.innovations('link') + history.innovations('bare-domain') === 0,
    surpriseBits: surpriseOf(signals),
  };
}

/** Tag or stronger. */
export function isFlagged({ action }: Decision): boolean {
  return action !== 'pass';
}

function surpriseOf(signals: readonly SignalReading[]): number {
  return signals
    .filter(({ level }) => level > 0)
    .reduce((sum, { rate }) => sum - Math.log2(rate), 0);
}
