import {
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { flowText, type WrittenValue } from './yaml-text.ts';

/** Keys and positions from the root of a document. */
export type YamlPath = readonly (string | number)[];

/** A stretch of a text, in characters, and what takes its place. */
export type TextEdit = { readonly from: number; readonly to: number; readonly text: string };

/** Repeated keys are told by whoever validates the file. */
export const editParsing = { uniqueKeys: false, logLevel: 'error' } as const;

/** What is to stand where; `insteadOf` is a key beside it that goes when it comes. */
export type YamlChange = {
  readonly path: YamlPath;
  readonly put: WrittenValue;
  readonly insteadOf: string | null;
};

/** What to write where for a change; null where the path leads through something that is no mapping. */
export function editFor(text: string, { path, put, insteadOf }: YamlChange): TextEdit | null {
  let node: unknown = parseDocument(text, editParsing).contents;
  let pair: Pair | undefined;
  for (const [depth, step] of path.entries()) {
    const rest = path.slice(depth);
    if (isMap(node)) {
      const at = node.items.find(({ key }) => isScalar(key) && key.value === step);
      const other = node.items.find(({ key }) => isScalar(key) && key.value === insteadOf);
      if (at === undefined && rest.length === 1 && other !== undefined)
        return renamed(text, other, `${String(step)}: ${put.text}`);
      if (at === undefined) return addedToMap(text, node, rest.map(String), put);
      [pair, node] = [at, at.value];
    } else if (isSeq(node)) {
      if (node.items[Number(step)] === undefined)
        return rest.length === 1 ? addedToList(text, node, put) : null;
      node = node.items[Number(step)];
    } else return depth === 0 ? atLineEnd(text, text.length, blockLines(path, put)) : null;
  }
  return pair === undefined ? null : replaced(text, pair, put);
}

function replaced(text: string, { key, value }: Pair, put: WrittenValue): TextEdit {
  if (!isBlock(value) && isNode(value) && value.range && value.range[1] > value.range[0])
    return { from: value.range[0], to: endOf(text, value), text: put.text };
  // What is written as a block, or not at all, is replaced from its key on.
  const from = isNode(key) ? (key.range?.[1] ?? 0) : 0;
  return { from, to: isBlock(value) ? endOf(text, value) : from + 1, text: `: ${put.text}` };
}

function renamed(text: string, pair: Pair, put: string): TextEdit {
  return { from: startOf(pair), to: endOf(text, pair), text: put };
}

function addedToMap(
  text: string,
  map: YAMLMap,
  keys: readonly string[],
  put: WrittenValue,
): TextEdit | null {
  const last = map.items.at(-1);
  if (map.flow === true) {
    const inner = keys.slice(1).reduceRight((value, key) => `{ ${key}: ${value} }`, put.text);
    return addedInBrackets(text, map, `${keys[0] ?? ''}: ${inner}`);
  }
  if (last === undefined) return null;
  const lines = blockLines(keys, put).map((line) => columnOf(text, startOf(last)) + line);
  return atLineEnd(text, endOf(text, last), lines);
}

/** A list that is empty becomes one of an item a line. */
function addedToList(text: string, list: YAMLSeq, put: WrittenValue): TextEdit | null {
  const last = list.items.at(-1);
  if (list.flow !== true)
    return last === undefined
      ? null
      : atLineEnd(text, endOf(text, last), itemLines(put, columnOf(text, list.range?.[0] ?? 0)));
  if (last !== undefined) return addedInBrackets(text, list, put.text);
  const [from, end] = list.range ?? [0, 0];
  const { from: lineEnd, text: lines } = atLineEnd(text, end, itemLines(put, '  '));
  const before = text.slice(0, from).trimEnd().length;
  return { from: before, to: lineEnd, text: text.slice(end, lineEnd) + lines };
}

function addedInBrackets(text: string, { items, range }: YAMLMap | YAMLSeq, put: string): TextEdit {
  const last = items.at(-1);
  if (last !== undefined)
    return { from: endOf(text, last), to: endOf(text, last), text: `, ${put}` };
  const [from, to] = range ?? [0, 0];
  return { from, to, text: text[from] === '{' ? `{ ${put} }` : `[${put}]` };
}

/** Each key on a line of its own, two columns further in. */
function blockLines(keys: YamlPath, { text }: WrittenValue): readonly string[] {
  return keys.map((key, depth) => {
    const line = `${'  '.repeat(depth)}${key}:`;
    return depth === keys.length - 1 ? `${line} ${text}` : line;
  });
}

function itemLines({ value, text }: WrittenValue, indent: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [`${indent}- ${text}`];
  return Object.entries(value).map(
    ([key, inner], index) => `${indent}${index === 0 ? '- ' : '  '}${key}: ${flowText(inner)}`,
  );
}

/** Below the line of an offset, whatever comment it ends with. */
function atLineEnd(text: string, offset: number, lines: readonly string[]): TextEdit {
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  if (offset === text.length && (text === '' || text.endsWith('\n')))
    return { from: offset, to: offset, text: `${lines.join(lineBreak)}${lineBreak}` };
  const end = text.indexOf('\n', offset);
  const at = end === -1 ? text.length : text[end - 1] === '\r' ? end - 1 : end;
  return { from: at, to: at, text: lines.map((line) => lineBreak + line).join('') };
}

function columnOf(text: string, offset: number): string {
  return ' '.repeat(offset - (text.lastIndexOf('\n', offset - 1) + 1));
}

function isBlock(node: unknown): boolean {
  return (isMap(node) || isSeq(node)) && node.flow !== true;
}

function startOf(pair: Pair): number {
  return isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
}

/** Where the last of what was written ends; a block itself ends where the next thing begins. */
function endOf(text: string, node: unknown): number {
  if (isPair(node)) return Math.max(endOf(text, node.key), endOf(text, node.value));
  if ((isMap(node) || isSeq(node)) && node.flow !== true) return endOf(text, node.items.at(-1));
  const [from, to] = (isNode(node) ? node.range : null) ?? [0, 0];
  return from + text.slice(from, to).trimEnd().length;
}
