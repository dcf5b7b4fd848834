import type { AlertWord } from '../alerts/shared-alerts.ts';
import type { Settings } from '../config/settings.ts';
import type { Decision } from '../decision/decision.ts';
import type { MailAddresses } from '../listeners.ts';
import type { MetricsSnapshot } from '../observability/aggregate-metrics.ts';
import type { LimitReason } from '../smtp/limits.ts';

/** Messages of a verdict and an action, since that was last said. */
export type TrafficCount = {
  readonly verdict: Decision['verdict'];
  readonly action: Decision['effectiveAction'];
  readonly messages: number;
};

/** Whether a client may do what was asked for it; `reason` where it may not come in. */
export type ClientAnswer = { readonly ok: boolean; readonly reason: LimitReason | null };

/** What the leading process says to a worker, as JSON. */
export type ToWorker =
  | { readonly kind: 'start'; readonly worker: number; readonly settings: Settings }
  /** No new connections; end once those in hand are done. */
  | { readonly kind: 'drain' }
  | { readonly kind: 'client'; readonly id: number; readonly answer: ClientAnswer }
  /** What another worker counted. */
  | { readonly kind: 'words'; readonly words: readonly AlertWord[] }
  | { readonly kind: 'measure' };

/** What a worker says to the leading process, as JSON. */
export type FromWorker =
  /** It listens to us, and is of that version of the program; development before 2026-11-30 did not say it. */
  | { readonly kind: 'hello'; readonly version?: string }
  | ({ readonly kind: 'serving' } & MailAddresses)
  /** Why it cannot take mail, in a sentence. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** A client came in, or begins a message: may it? */
  | { readonly kind: 'admit' | 'message'; readonly id: number; readonly address: string }
  /** The client of that question to come in is gone. */
  | { readonly kind: 'left'; readonly id: number }
  | { readonly kind: 'words'; readonly words: readonly AlertWord[] }
  | { readonly kind: 'traffic'; readonly counts: readonly TrafficCount[] }
  | { readonly kind: 'measured'; readonly snapshot: MetricsSnapshot };
