import type { Expectation } from '../config/rule-tests-schema.ts';
import type { SignalId } from '../features/signals.ts';

/** A history that is taught before a message is judged; those with one `key` share one store. */
export type BaselinePlan = {
  readonly key: string;
  /** CRLF line endings. */
  readonly like: Buffer;
  readonly messages: number;
  readonly days: number;
  readonly recipients: number;
  /** Text of `like`, and what stands there in turn, itself first. */
  readonly vary: ReadonlyMap<string, readonly string[]>;
  /** The time of the message that is judged: the history ends three days before, and has matured. */
  readonly until: Date;
};

/** One case beside the rules, with everything it names at hand. */
export type RuleTest = {
  readonly name: string;
  /** Path as the operator named it, the line of the case (from 1), and its place among the cases of its file. */
  readonly file: string;
  readonly line: number;
  readonly index: number;
  /** Null for mail that must be nobody's. */
  readonly alias: string | null;
  /** A message with CRLF line endings, or the signals it would show. */
  readonly input:
    | { readonly kind: 'message'; readonly bytes: Buffer }
    | { readonly kind: 'features'; readonly levels: ReadonlyMap<SignalId, number> };
  readonly authenticated: boolean;
  /** Null for those that the message names itself. */
  readonly recipients: readonly string[] | null;
  readonly at: Date;
  readonly baseline: BaselinePlan | null;
  readonly expect: Expectation;
};
