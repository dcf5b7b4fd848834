import { selectorKinds } from '../decision/policy-override.ts';
import { setInYaml } from './edit-yaml.ts';
import { isForExactly, type OneOfEach } from './written-selector.ts';
import type { YamlPath } from './yaml-edits.ts';
import { flowText, type WrittenValue } from './yaml-text.ts';

/** One setting of `policy.yaml`, of all mail (`mail` empty) or of some. */
export type PolicyChange = {
  readonly path: readonly string[];
  readonly put: WrittenValue;
  readonly mail: OneOfEach;
};

export type EditedPolicy = {
  readonly text: string;
  /** Which override was changed or added, from 0; null for what is for all mail. */
  readonly override: number | null;
};

/** Of the two only one may stand. */
const excludes: Readonly<Record<string, string>> = {
  budget: 'alertsPerDay',
  alertsPerDay: 'budget',
};

/** The text of `policy.yaml` (whose value is `written`) after a change; null where it cannot be made in place. */
export function editPolicy(
  text: string,
  written: unknown,
  { path, put, mail }: PolicyChange,
): EditedPolicy | null {
  const set = (base: YamlPath) =>
    setInYaml(text, {
      path: [...base, ...path],
      put,
      insteadOf: excludes[path.at(-1) ?? ''] ?? null,
    });
  if (Object.keys(mail).length === 0) return edited(set([]), null);
  const overrides = overridesIn(written);
  // Of several for the same mail the last has the last word.
  const index = overrides.findLastIndex((entry) => isForExactly(forOf(entry), mail));
  if (index !== -1) return edited(set(['overrides', index, 'set']), index);
  return edited(withOverride(text, overrides.length, { path, put, mail }), overrides.length);
}

function edited(text: string | null, override: number | null): EditedPolicy | null {
  return text === null ? null : { text, override };
}

function withOverride(
  text: string,
  index: number,
  { path, put, mail }: PolicyChange,
): string | null {
  const selectors = Object.fromEntries(
    selectorKinds.flatMap((kind) => (mail[kind] === undefined ? [] : [[kind, mail[kind]]])),
  );
  const value = { for: selectors, set: path.reduceRight<unknown>(nested, put.value) };
  const list =
    index > 0
      ? text
      : setInYaml(text, {
          path: ['overrides'],
          put: { value: [], text: '[]' },
          insteadOf: null,
        });
  const item = { value, text: flowText(value) };
  return list === null
    ? null
    : setInYaml(list, { path: ['overrides', index], put: item, insteadOf: null });
}

function nested(value: unknown, key: string): unknown {
  return { [key]: value };
}

function overridesIn(written: unknown): readonly unknown[] {
  const overrides = (written as { readonly overrides?: unknown } | null)?.overrides;
  return Array.isArray(overrides) ? overrides : [];
}

function forOf(entry: unknown): unknown {
  return (entry as { readonly for?: unknown } | null)?.for;
}
