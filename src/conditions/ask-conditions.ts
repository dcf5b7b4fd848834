import { vendorSlug } from '../alias/vendor-slug.ts';
import type { Alias } from '../alias/alias.ts';
import type { Condition } from './condition.ts';
import type { ViewSource } from './source.ts';

/** What the conditions say of one message. */
export type ConditionsMet = {
  /** In the order of the file. */
  readonly matched: readonly Condition[];
  /** Conditions that could not be asked of this message: a value was not there. They count as not met. */
  readonly failed: readonly ConditionFailure[];
  /** Ids of those that read the message, where only its features were kept. */
  readonly skipped: readonly string[];
};

export type ConditionFailure = { readonly condition: string; readonly error: string };

const none: ConditionsMet = { matched: [], failed: [], skipped: [] };

/** Asks the conditions for this alias; the view of the message is built only where there are any. */
export function askConditions(
  conditions: readonly Condition[],
  alias: Alias,
  source: () => ViewSource,
): ConditionsMet {
  const asked = conditions.filter(({ aliases }) => isFor(aliases, alias));
  const [first] = asked;
  if (first === undefined) return none;
  const given = source();
  const view = first.viewOf(given);
  const isAskable = ({ readsMessage }: Condition) => !readsMessage || given.content !== null;
  const failed: ConditionFailure[] = [];
  const matched = asked.filter(isAskable).filter((condition) => {
    try {
      return condition.isTrueOf(view);
    } catch (error) {
      failed.push({ condition: condition.id, error: shortly(error) });
      return false;
    }
  });
  const skipped = asked.filter((condition) => !isAskable(condition)).map(({ id }) => id);
  return { matched, failed, skipped };
}

function isFor(aliases: readonly string[], { id, vendor }: Alias): boolean {
  return aliases.length === 0 || aliases.includes(id) || aliases.includes(vendorSlug(vendor));
}

/** The engine's own name of what went wrong: its sentence may have text of the message in it. */
function shortly(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code.replaceAll('_', ' ') : 'an unknown mistake';
}
