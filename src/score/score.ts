import type { SignalId } from '../features/signals.ts';

/** One line of the explanation. */
export type Term = {
  /** `condition` for one of `rules/conditions.yaml`. */
  readonly signal: SignalId | 'prior' | 'condition';
  readonly bits: number;
  /** What this message shows, for a person: `phone +1 802-538-3069 in the subject`. */
  readonly observed: string;
  /** What the alias shows: `never in 5,000 messages since 2026-03-01`. */
  readonly baseline: string;
};

/** log2 likelihood ratio of attack against benign causes, and why. */
export type Score = {
  readonly bits: number;
  /** Chance that an honest message of this alias scores as high (DESIGN 7, budget). */
  readonly pValue: number;
  /** The attack cause, and the benign cause (or two, ids joined by `+`), that explain the message best. */
  readonly cause: { readonly id: string; readonly title: string };
  readonly benignCause: { readonly id: string; readonly title: string };
  /** Largest first; `bits` of all terms add up to `bits` of the score. */
  readonly terms: readonly Term[];
  /** Matured messages behind the baseline, days with mail among them, and the first of these days (ISO date). */
  readonly messages: number;
  readonly days: number;
  readonly since: string | null;
};
