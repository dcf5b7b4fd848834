import { knownKeys } from './known-keys.ts';
import { nearestName } from './nearest-name.ts';
import { policySchema } from './policy-schema.ts';

/** Lists of names rather than settings: many of them, each with its reason beside it. */
const lists: readonly string[] = ['overrides', 'watch'];

/** Every single setting of `policy.yaml` by its path, or of those that an override may change. */
export function knownSettings(of: 'all mail' | 'some mail'): readonly string[] {
  const base = of === 'all mail' ? [] : ['overrides', 0, 'set'];
  return settingsBelow(base, []).filter((path) => !lists.includes(path));
}

function settingsBelow(base: readonly PropertyKey[], path: readonly string[]): readonly string[] {
  const keys = knownKeys(policySchema, [...base, ...path]);
  if (keys.length === 0) return [path.join('.')];
  const below = keys.flatMap((key) => settingsBelow(base, [...path, key]));
  // A ceiling may be set as a whole, or to null.
  return path[0] === 'limits' && path.length === 2 ? [path.join('.'), ...below] : below;
}

/** What to write instead of a path that no setting has. */
export function unknownSettingHint(path: string, known: readonly string[]): string {
  if (lists.includes(path)) return 'it is a list of names: edit the file';
  const below = known.filter((name) => name.startsWith(`${path}.`));
  if (below.length > 0) return `it has several: ${below.join(', ')}`;
  const ending = known.filter((name) => name.toLowerCase().endsWith(`.${path.toLowerCase()}`));
  const near = ending.length > 0 ? ending : (nearestName(path, known) ?? []);
  const meant = [near].flat();
  return meant.length > 0
    ? `did you mean ${meant.join(' or ')}?`
    : '`aliaswatch rules explain` shows them all';
}
