import type { GateLimits } from '../decision/policy.ts';
import type { BacktestResult } from './backtest.ts';

/** Whether other rules may take effect, by what they would do to kept mail. */
export type GateVerdict = {
  readonly passes: boolean;
  /** One sentence each, for a person: what is past a limit; or, where it passes, why that means little. Empty where all is well. */
  readonly reasons: readonly string[];
  /** Of all scored mail, each alias counted by its traffic, 0 to 1. */
  readonly shares: { readonly newlyHeld: number; readonly newlyTagged: number };
};

type GateInput = Pick<BacktestResult, 'changes' | 'scored' | 'kept' | 'notBacktestable'>;

/**
 * Holds what a backtest found against the limits of the rules IN FORCE (`policy.activation.gate`): with its own, a
 * candidate could loosen the gate that it is to pass. Counts what would take effect and what only `enforce` would show.
 */
export function gateOf(
  { changes, scored, kept, notBacktestable }: GateInput,
  limits: GateLimits,
): GateVerdict {
  const shareOf = (kind: string) => {
    const messages = changes
      .filter((change) => change.kind === kind)
      .reduce((sum, { estimate }) => sum + estimate.messages, 0);
    return scored === 0 ? 0 : messages / scored;
  };
  const shares = { newlyHeld: shareOf('newly-held'), newlyTagged: shareOf('newly-tagged') };
  if (kept === 0 || kept < limits.minVectors) {
    const reason = `not enough kept mail to tell: ${kept} messages, activation.gate.minVectors is ${limits.minVectors}`;
    return { passes: true, reasons: [reason, ...untold(notBacktestable)], shares };
  }
  const past = [
    ...pastLimit(shares.newlyHeld, limits.maxNewlyHeldShare, {
      would: 'be held that is not held now',
      limit: 'maxNewlyHeldShare',
    }),
    ...pastLimit(shares.newlyTagged, limits.maxNewlyTaggedShare, {
      would: 'be tagged that is not tagged now',
      limit: 'maxNewlyTaggedShare',
    }),
  ];
  return { passes: past.length === 0, reasons: [...past, ...untold(notBacktestable)], shares };
}

/** Settings that no kept message can speak for: a gate that passes says nothing of them. */
function untold(notBacktestable: GateInput['notBacktestable']): readonly string[] {
  const settings = notBacktestable.flatMap(({ unscored }) => unscored ?? []);
  const said = notBacktestable.flatMap(({ gateSays }) => gateSays ?? []);
  if (settings.length === 0) return said;
  return [
    ...said,
    `not backtestable, since it is about mail that is never scored: ${settings.join(', ')}`,
  ];
}

function pastLimit(
  share: number,
  most: number,
  { would, limit }: { readonly would: string; readonly limit: string },
): readonly string[] {
  if (share <= most) return [];
  return [
    `${percent(share)} of mail would ${would}; activation.gate.${limit} allows ${percent(most)}`,
  ];
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
