import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { editFor, editParsing, type YamlChange, type YamlPath } from './yaml-edits.ts';
import { flowText } from './yaml-text.ts';

/**
 * A file with another value at a path, and the same to the byte but for it: comments, order and layout stay as somebody
 * wrote them. Null where it cannot be done in place, as where another part of the file refers to this one (`*name`).
 */
export function setInYaml(text: string, change: YamlChange): string | null {
  const { path, put } = change;
  const before = meaningOf(text);
  const found = valueAt(before, path);
  if (isDeepStrictEqual(found, put.value)) return text;
  if (haveSameKeys(found, put.value))
    return Object.entries(put.value as object).reduce<string | null>(
      (edited, [key, value]: [string, unknown]) =>
        edited === null
          ? null
          : setInYaml(edited, {
              path: [...path, key],
              put: { value, text: flowText(value) },
              insteadOf: null,
            }),
      text,
    );
  // Where both stand already the file is at fault, and a person has to say which one goes.
  const made = found === undefined ? change : { ...change, insteadOf: null };
  const edit = editFor(text, made);
  if (edit === null) return null;
  const edited = text.slice(0, edit.from) + edit.text + text.slice(edit.to);
  // Whatever else it did to the meaning of the file, nobody asked for.
  return isDeepStrictEqual(meaningOf(edited), changed(before, made)) ? edited : null;
}

/** Without what parts of a file share with each other; undefined where it is no YAML. */
function meaningOf(text: string): unknown {
  try {
    return plain(parse(text, editParsing) ?? {});
  } catch {
    return undefined;
  }
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

type Part = Record<string | number, unknown>;

function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null;
}

function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>((inner, key) => (isPart(inner) ? inner[key] : undefined), value);
}

/** A list counts as a mapping by position. */
function changed(value: unknown, { path, put, insteadOf }: YamlChange): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return plain(put.value);
  const part: Part = isPart(value) ? value : {};
  const inner = changed(part[key], { path: rest, put, insteadOf });
  if (Array.isArray(part)) return Object.assign([...(part as unknown[])], { [key]: inner });
  const others = Object.entries(part).filter(([name]) => rest.length > 0 || name !== insteadOf);
  return { ...Object.fromEntries(others), [key]: inner };
}

function haveSameKeys(one: unknown, other: unknown): boolean {
  if (!isPart(one) || !isPart(other) || Array.isArray(one) || Array.isArray(other)) return false;
  return isDeepStrictEqual(Object.keys(one).sort(), Object.keys(other).sort());
}
