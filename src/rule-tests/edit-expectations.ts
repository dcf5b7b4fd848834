import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type YAMLMap,
} from 'yaml';
import type { Expectation } from '../config/rule-tests-schema.ts';

/** A new expectation for the case at a place of a file. */
export type ExpectationChange = {
  readonly index: number;
  readonly before: Expectation;
  readonly after: Expectation;
};

type Edit = { readonly from: number; readonly to: number; readonly text: string };

/**
 * The text of a file of cases with other expectations. Only what changed is written anew: comments, order and layout stay
 * as somebody wrote them.
 */
export function editExpectations(text: string, changes: readonly ExpectationChange[]): string {
  const document = parseDocument(text, { keepSourceTokens: true, uniqueKeys: false });
  const edits = changes.flatMap((change) => editsOf(document, text, change));
  return edits
    .sort((left, right) => right.from - left.from)
    .reduce(
      (edited, { from, to, text: put }) => edited.slice(0, from) + put + edited.slice(to),
      text,
    );
}

function editsOf(
  document: Document,
  text: string,
  { index, before, after }: ExpectationChange,
): readonly Edit[] {
  const written = document.getIn(['cases', index], true);
  if (!isMap(written)) return [];
  const expect: unknown = written.get('expect', true);
  if (expect === undefined) return [addedExpectation(written, text, after)];
  // What another case wrote, and this one repeats by reference, stays that of the other.
  if (!isMap(expect) || isAlias(expect) || Object.keys(before).length === 0)
    return replaced(expect, text, flow(after));
  return keysOf(after).flatMap((key): readonly Edit[] => {
    if (JSON.stringify(before[key]) === JSON.stringify(after[key])) return [];
    const node: unknown = expect.get(key, true);
    const value = after[key];
    const shorter = Array.isArray(value) ? withoutItems(node, text, value) : null;
    return shorter ?? replaced(node, text, flow(value));
  });
}

/** A list of one item a line loses the lines of those that are gone; null for a list written otherwise. */
function withoutItems(
  node: unknown,
  text: string,
  kept: readonly string[],
): readonly Edit[] | null {
  if (!isSeq(node) || node.flow === true || kept.length === 0) return null;
  const gone = node.items.filter((item) => isScalar(item) && !kept.includes(String(item.value)));
  return gone.flatMap((item): readonly Edit[] => {
    const at = isScalar(item) ? item.range?.[0] : undefined;
    if (at === undefined) return [];
    const lineEnd = text.indexOf('\n', at);
    const to = lineEnd === -1 ? text.length : lineEnd + 1;
    return [{ from: text.lastIndexOf('\n', at) + 1, to, text: '' }];
  });
}

function keysOf(expectation: Expectation): readonly (keyof Expectation)[] {
  return Object.keys(expectation) as (keyof Expectation)[];
}

function replaced(node: unknown, text: string, put: string): readonly Edit[] {
  if (!isNode(node) || !node.range) return [];
  const [from, end] = node.range;
  // What is written as a block ends with the line break and the indentation of what follows.
  return [{ from, to: from + text.slice(from, end).trimEnd().length, text: put }];
}

/** Below the name of the case: what follows may be a block of text, whose end belongs to it. */
function addedExpectation(written: YAMLMap, text: string, after: Expectation): Edit {
  const name = written.items.find(({ key }) => isScalar(key) && key.value === 'name');
  const value = isNode(name?.value) ? name.value : null;
  const key = isNode(name?.key) ? name.key : null;
  const end = value?.range?.[1] ?? 0;
  if (written.flow === true) return { from: end, to: end, text: `, expect: ${flow(after)}` };
  const start = key?.range?.[0] ?? 0;
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  const lineEnd = text.indexOf('\n', end);
  const lineBreak = text[lineEnd - 1] === '\r' ? '\r\n' : '\n';
  const at = lineEnd === -1 ? text.length : lineEnd + 1 - lineBreak.length;
  return { from: at, to: at, text: `${lineBreak}${indent}expect: ${flow(after)}` };
}

/** As prettier writes it: `{ verdict: clean, signals: [phone, link] }`. Names and numbers need no quotes. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(([key, inner]) => `${key}: ${flow(inner)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
