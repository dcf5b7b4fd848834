import type { Action, Mode } from './policy.ts';

/** What a mode makes of an action: `shadow` does nothing, `tag` at most tags, `enforce` does what was decided. */
export function applyMode(action: Action, mode: Mode): Action {
  if (mode === 'shadow') return 'pass';
  return mode === 'tag' ? atMostTag(action) : action;
}

/** Anything that keeps mail from its recipient becomes a tag. */
export function atMostTag(action: Action): Action {
  return action === 'pass' ? 'pass' : 'tag';
}
