import type { ViewSource } from './source.ts';
import type { View } from './view.ts';

/** What a matching condition does: moves the score, or asks for an action. */
export type Effect =
  | { readonly kind: 'bits'; readonly bits: number }
  | { readonly kind: 'action'; readonly action: 'tag' | 'quarantine' | 'defer' | 'reject' };

/** One condition of `rules/conditions.yaml`, compiled. */
export type Condition = {
  /** Stable slug; a label of metrics. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Alias ids and vendors (as slugs) it is asked of; empty for all. */
  readonly aliases: readonly string[];
  readonly effect: Effect;
  /** The action holds also where the alias's own history could not support it. */
  readonly forced: boolean;
  readonly references: readonly string[];
  /** It reads what only the message itself tells, so that it cannot be asked of kept feature vectors. */
  readonly readsMessage: boolean;
  /** Most steps that asking it once can take, worked out from the bounds of all lists and texts; about a microsecond each. */
  readonly steps: number;
  /** How it is shown a message; the same for all conditions of one set. */
  readonly viewOf: (source: ViewSource) => View;
  /** @throws what CEL throws where a value is not there (an index out of range). */
  readonly isTrueOf: (view: View) => boolean;
};
