import { isDeepStrictEqual } from 'node:util';
import type { HiddenRules } from '../vectors/hide-rules.ts';

/**
 * A set of rules with the other's objects wherever the two say the same: of most candidates a weight or a budget
 * differs, and what a message shows under both (`scoreMessage`) is then read once.
 */
export function withEqualParts(rules: HiddenRules, other: HiddenRules): HiddenRules {
  const { signals } = rules.causes;
  return {
    ...rules,
    causes: { ...rules.causes, signals: equalPart(signals, other.causes.signals) },
    aliases: new Map(
      [...rules.aliases].map(([id, alias]) => {
        const theirs = other.aliases.get(id)?.pack ?? null;
        return [id, { ...alias, pack: equalPart(alias.pack, theirs) }];
      }),
    ),
  };
}

function equalPart<Part>(own: Part, theirs: Part): Part {
  return isDeepStrictEqual(own, theirs) ? theirs : own;
}
