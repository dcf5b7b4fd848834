import type * as z from 'zod';
import { formerKeyHint } from './former-keys.ts';
import { knownKeys } from './known-keys.ts';
import { nearestName } from './nearest-name.ts';
import { formatPath } from './rule-problem.ts';

/** Something wrong with a value, before it is known where the value stands. */
export type FoundProblem = {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly hint: string;
  /** What the reader is pointed at: the key itself, or what follows it. */
  readonly on: 'key' | 'value';
  /** How far into a text, in characters; its start when absent. */
  readonly within?: number;
};

/** All that is wrong with `value` under `schema`. */
export function findProblems(schema: z.ZodType, value: unknown): readonly FoundProblem[] {
  const outcome = readAgainst(schema, value);
  return outcome.ok ? [] : outcome.problems;
}

/** What `schema` makes of `value`, or all that is wrong with it, in words for the person who wrote it. */
export function readAgainst<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
):
  | { readonly ok: true; readonly value: z.output<Schema> }
  | { readonly ok: false; readonly problems: readonly FoundProblem[] } {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const problems = result.error.issues.flatMap((issue) => explainIssue(issue, schema, value));
  return { ok: false, problems };
}

function explainIssue(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  value: unknown,
): readonly FoundProblem[] {
  const { path } = issue;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(
        (key) =>
          oneForAll([...path, key], schema) ??
          unknownKey([...path, key], knownKeys(schema, path), valueAt(value, [...path, key])),
      );
    case 'invalid_union':
      return explainUnion(issue, schema, value);
    case 'invalid_type':
      return [wrongType(issue, valueAt(value, path))];
    case 'invalid_value':
      return [notOneOf(issue, valueAt(value, path))];
    case 'invalid_key':
      return [
        {
          path,
          message: `\`${lastKey(path)}\` ${issue.issues[0]?.message ?? 'is not a valid key'}`,
          hint: '',
          on: 'key',
        },
      ];
    case 'too_big':
      return [{ path, message: tooBig(issue, valueAt(value, path)), hint: '', on: 'value' }];
    case 'too_small':
      return [{ path, message: tooSmall(issue, valueAt(value, path)), hint: '', on: 'value' }];
    case 'custom':
      return [
        {
          path,
          message: issue.message,
          hint: String(issue.params?.['hint'] ?? ''),
          on: issue.params?.['on'] === 'key' ? 'key' : 'value',
        },
      ];
    default:
      return [
        { path, message: `${show(valueAt(value, path))} ${issue.message}`, hint: '', on: 'value' },
      ];
  }
}

/** What an override may not set and the policy itself knows; null for any other key. */
function oneForAll(path: readonly PropertyKey[], schema: z.ZodType): FoundProblem | null {
  const [list, , set, ...setting] = path;
  if (list !== 'overrides' || set !== 'set') return null;
  if (!knownKeys(schema, setting.slice(0, -1)).includes(lastKey(path))) return null;
  const written = formatPath(setting);
  return {
    path,
    message: `\`${written}\` is one for all mail: an override cannot set it`,
    hint: `write \`${written}\` outside of \`overrides\``,
    on: 'key',
  };
}

function unknownKey(
  path: readonly PropertyKey[],
  known: readonly string[],
  value: unknown,
): FoundProblem {
  const former = formerKeyHint(path, value);
  if (former !== null) {
    return { path, message: `\`${formatPath(path)}\` is gone`, hint: former, on: 'key' };
  }
  const near = nearestName(lastKey(path), known);
  const hint = near === null ? `known here: ${known.join(', ')}` : `did you mean \`${near}\`?`;
  return {
    path,
    message: `unknown key \`${lastKey(path)}\``,
    hint: known.length === 0 ? '' : hint,
    on: 'key',
  };
}

/** A value that fits no branch is explained by the branch it came furthest in, or by what the union says of itself. */
function explainUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  schema: z.ZodType,
  value: unknown,
): readonly FoundProblem[] {
  const closest = issue.errors.find((branch) =>
    branch.every((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'),
  );
  if (closest === undefined)
    return [
      {
        path: issue.path,
        message: `${show(valueAt(value, issue.path))} ${issue.message}`,
        hint: '',
        on: 'value',
      },
    ];
  return closest.flatMap((inner) =>
    explainIssue({ ...inner, path: [...issue.path, ...inner.path] }, schema, value),
  );
}

const typeNames: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  array: 'a list',
  object: 'a mapping (`key: value`)',
  record: 'a mapping (`key: value`)',
  boolean: '`true` or `false`',
};

function wrongType(issue: z.core.$ZodIssueInvalidType, found: unknown): FoundProblem {
  const expected = typeNames[issue.expected] ?? issue.expected;
  const { path } = issue;
  if (found === undefined) {
    return {
      path,
      message: `\`${lastKey(path)}\` is missing`,
      hint: `add \`${lastKey(path)}\`: ${expected}`,
      on: 'key',
    };
  }
  if (found === null)
    return { path, message: 'no value stands here', hint: `write ${expected}`, on: 'value' };
  const hint = hintForType(issue.expected, found);
  return { path, message: `${show(found)} is not ${expected}`, hint, on: 'value' };
}

/** What to write where the slip is a common one; else nothing. */
function hintForType(expected: string, found: unknown): string {
  if (expected === 'string' && typeof found === 'number') return inQuotes(found);
  if (typeof found !== 'string') return '';
  if (expected === 'boolean' && /^(?:yes|on)$/i.test(found)) return 'write `true`';
  if (expected === 'boolean' && /^(?:no|off)$/i.test(found)) return 'write `false`';
  const [, percent] = /^([\d.]+) *%$/.exec(found) ?? [];
  if (expected !== 'number' || percent === undefined) return '';
  return `write ${Number((Number(percent) / 100).toPrecision(6))}`;
}

/** Of a telephone number YAML keeps neither the plus nor a zero in front. */
function inQuotes(found: number): string {
  const lost = found >= 1e6 ? ' (and a leading `+` or `0`, which a number loses)' : '';
  return `put it in quotes: "${found}"${lost}`;
}

function notOneOf(issue: z.core.$ZodIssueInvalidValue, found: unknown): FoundProblem {
  const allowed = issue.values.map(String);
  const near = typeof found === 'string' ? nearestName(found, allowed) : null;
  const hint = near === null ? `one of: ${allowed.join(', ')}` : `did you mean \`${near}\`?`;
  if (found === undefined) {
    return {
      path: issue.path,
      message: `\`${lastKey(issue.path)}\` is missing`,
      hint: `one of: ${allowed.join(', ')}`,
      on: 'key',
    };
  }
  const message = found === null ? 'no value stands here' : `${show(found)} is not known here`;
  return { path: issue.path, message, hint, on: 'value' };
}

function tooBig({ origin, maximum }: z.core.$ZodIssueTooBig, found: unknown): string {
  if (origin === 'array') return `too many entries: at most ${maximum}`;
  return origin === 'string'
    ? `too long: at most ${maximum} characters`
    : `${show(found)} is too large: at most ${maximum}`;
}

function tooSmall(
  { origin, minimum, inclusive }: z.core.$ZodIssueTooSmall,
  found: unknown,
): string {
  if (origin === 'array') return `too few entries: at least ${minimum}`;
  if (origin === 'string') return `too short: at least ${minimum} characters`;
  return `${show(found)} is too small: ${inclusive === false ? 'more than' : 'at least'} ${minimum}`;
}

/** A value as it may stand in a message: short, on one line. */
function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  return `\`${String(value).replace(/\s+/g, ' ').slice(0, 60)}\``;
}

function lastKey(path: readonly PropertyKey[]): string {
  return String(path.at(-1) ?? 'document');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Record<PropertyKey, unknown>)[key]
        : undefined,
    value,
  );
}
