import {
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type YAMLError,
} from 'yaml';
import { readBounded } from './bounded-file.ts';
import type { FoundProblem } from './explain-issue.ts';
import { keepValue, keptValue } from './kept-values.ts';
import { offsetInFile } from './scalar-offset.ts';
import { formatPath, type RuleProblem } from './rule-problem.ts';

/** One YAML file that was read: its value, and where in the text every part of it stands. */
export type YamlFile = {
  /** Path as the operator named it. */
  readonly path: string;
  readonly bytes: Buffer;
  readonly value: unknown;
  /** Repeated keys and the like: the value is usable, the file is not. */
  readonly problems: readonly RuleProblem[];
  locate(found: FoundProblem): RuleProblem;
};

export type YamlReading =
  | { readonly ok: true; readonly file: YamlFile }
  | { readonly ok: false; readonly problems: readonly RuleProblem[] };

export const maxYamlBytes = 1_048_576;

/** Aliases resolved while a document becomes a value: plenty for people, nothing for a "billion laughs". */
const maxAliasCount = 100;

/** Syntax errors reported per file; the ones after the first few are echoes. */
const maxSyntaxProblems = 20;

const hints: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'indent it like the lines beside it, and close every bracket above it',
  MISSING_CHAR: 'close the quotes or brackets',
  MULTIPLE_DOCS: 'remove the line `---` and what follows it',
};

/** Reads one YAML file; whatever is wrong with it is a problem, never a throw. */
export async function readYamlFile(path: string): Promise<YamlReading> {
  return yamlFileFrom(path, await readBounded(path, maxYamlBytes));
}

/** The same of a file of rules: they are many and hold no secret, so that what they mean may be kept. */
export async function readYamlOfRules(path: string): Promise<YamlReading> {
  return yamlOfRulesFrom(path, await readBounded(path, maxYamlBytes));
}

/** The same of a file of rules that was read, or of what was wrong with reading it. */
export function yamlOfRulesFrom(path: string, bytes: Buffer | string): YamlReading {
  if (typeof bytes === 'string') return yamlFileFrom(path, bytes);
  const value = keptValue(bytes);
  if (value !== undefined) return { ok: true, file: fileReadBefore(path, bytes, value) };
  const reading = yamlFileFrom(path, bytes);
  if (reading.ok && reading.file.problems.length === 0) keepValue(bytes, reading.file.value);
  return reading;
}

/** A file that had no problem when it was parsed; it is parsed again where a place in it, or a value not at hand, is asked for. */
export function fileReadBefore(path: string, bytes: Buffer, value?: unknown): YamlFile {
  let parsed: YamlFile | null = null;
  const again = () => {
    if (parsed !== null) return parsed;
    const reading = yamlFileFrom(path, bytes);
    if (!reading.ok) throw new Error(`${path} was read before and cannot be read now`);
    return (parsed = reading.file);
  };
  return {
    ...{ path, bytes, problems: [] },
    get value() {
      return value ?? again().value;
    },
    locate: (found) => again().locate(found),
  };
}

/** Of a file that was read, or of what was wrong with reading it. */
export function yamlFileFrom(path: string, bytes: Buffer | string): YamlReading {
  if (typeof bytes === 'string')
    return { ok: false, problems: [wholeFile(path, bytes, hintForUnread(bytes))] };
  try {
    return parseYaml(path, bytes, new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return { ok: false, problems: [wholeFile(path, ...unreadable(error))] };
  }
}

/** What to do about a file whose bytes nobody got. */
function hintForUnread(why: string): string {
  if (why.startsWith('larger'))
    return 'a file that people write is far smaller: is it the right one?';
  return why === 'may not be read'
    ? 'let the user that runs Aliaswatch read it (chown, chmod)'
    : '';
}

/** What is wrong with a text that cannot become a value at all, and what to do. */
function unreadable(error: unknown): [message: string, hint: string] {
  if (error instanceof TypeError && 'code' in error)
    return ['not valid UTF-8', 'save the file as UTF-8'];
  if (error instanceof RangeError) return ['nested too deeply', ''];
  const message = error instanceof Error ? error.message : String(error);
  if (message.startsWith('Excessive'))
    return ['aliases (`*name`) that expand to too much', 'write the values out'];
  return [`not YAML: ${message}`, ''];
}

function parseYaml(path: string, bytes: Buffer, text: string): YamlReading {
  const lines = new LineCounter();
  // At level `silent` the parser would also keep quiet about a second document.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
    // The parser compares every key with every other: seconds for a list of words.
    uniqueKeys: false,
  });
  const lineTexts = text.split(/\r\n|\r|\n/);
  const at = (offset: number, { path: keys, message, hint }: FoundProblem): RuleProblem => {
    const { line, col } = lines.linePos(offset);
    const excerpt = lineTexts[line - 1] ?? '';
    return { file: path, line, column: col, path: formatPath(keys), message, hint, excerpt };
  };
  const broken = syntaxErrors(document).map((error) => {
    const hint = hints[error.code] ?? '';
    return at(error.pos[0], { path: [], message: syntaxMessage(error), hint, on: 'value' });
  });
  if (document.errors.length > 0) return { ok: false, problems: broken };
  const message = 'this key stands here a second time';
  const repeated = repeatedKeys(document).map((offset) =>
    at(offset, { path: [], message, hint: 'keep one of the two', on: 'key' }),
  );
  const problems = [...broken, ...repeated];
  const value: unknown = document.toJS({ maxAliasCount }) ?? {};
  const locate = (found: FoundProblem) => at(placeOf(document, found, text), found);
  return { ok: true, file: { path, bytes, value, problems, locate } };
}

/** Offsets of keys that stand in their mapping a second time. */
function repeatedKeys(document: Document): readonly number[] {
  const offsets: number[] = [];
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) offsets.push(startOf(key) ?? 0);
        seen.add(key.value);
      }
    },
  });
  return offsets.slice(0, maxSyntaxProblems);
}

/** One per place: what follows at the same one is an echo. */
function syntaxErrors(document: Document): readonly YAMLError[] {
  const all = [...document.errors, ...document.warnings];
  const places = all.map(({ pos }) => pos[0]);
  return all
    .filter((_, index) => places.indexOf(places[index] ?? 0) === index)
    .slice(0, maxSyntaxProblems);
}

function syntaxMessage(error: YAMLError): string {
  if (error.code === 'MULTIPLE_DOCS') return 'a second document starts here';
  if (error.message.includes('call stack')) return 'nested too deeply';
  const [firstLine] = error.message.split('\n');
  return `not YAML: ${firstLine ?? error.code}`;
}

/** Offset of what a problem is about: a key, a value, or a place inside a text. */
function placeOf(document: Document, found: FoundProblem, text: string): number {
  const node: unknown = found.within === undefined ? null : document.getIn(found.path, true);
  return isScalar(node) && typeof node.value === 'string'
    ? offsetInFile(node, node.value, found.within ?? 0, text)
    : offsetOf(document, found);
}

/** Offset of the key or value at a path; where the path ends early, of the last key that exists. */
function offsetOf(document: Document, { path, on }: FoundProblem): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const [depth, step] of path.entries()) {
    const isLast = depth === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(
        ({ key }) => isScalar(key) && String(key.value) === String(step),
      );
      if (!pair) return offset;
      offset = startOf(pair.key) ?? offset;
      if (isLast && on === 'key') return offset;
      node = pair.value;
      if (isLast) return startOf(node) ?? offset;
    } else {
      node = document.getIn(path.slice(0, depth + 1), true);
      offset = startOf(node) ?? offset;
    }
  }
  return offset;
}

function startOf(node: unknown): number | null {
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}

/** A problem of the file as a whole. */
export function wholeFile(file: string, message: string, hint: string): RuleProblem {
  return { file, line: 1, column: 1, path: '', message, hint, excerpt: '' };
}
