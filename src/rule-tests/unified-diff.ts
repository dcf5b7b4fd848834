/** Lines shown around a change. */
const contextLines = 3;

/** Beyond so many differing lines only the whole stretch is shown as replaced: comparing takes memory by their square. */
const comparedLines = 3000;

type Line = { readonly kind: ' ' | '-' | '+'; readonly text: string };

/** What turns one text into another, as `diff -u` prints it; empty where nothing does. */
export function unifiedDiff(name: string, before: string, after: string): string {
  if (before === after) return '';
  const lines = diffLines(linesOf(before), linesOf(after));
  const hunks = hunksOf(lines).map(([from, to]) => hunkText(lines, from, to));
  return [`--- ${name}`, `+++ ${name}`, ...hunks].join('\n').concat('\n');
}

function linesOf(text: string): readonly string[] {
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

function diffLines(before: readonly string[], after: readonly string[]): readonly Line[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  const room = Math.min(before.length, after.length) - start;
  while (end < room && before.at(-1 - end) === after.at(-1 - end)) end++;
  const kept = (lines: readonly string[]) => lines.map((text): Line => ({ kind: ' ', text }));
  return [
    ...kept(before.slice(0, start)),
    ...changed(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...kept(before.slice(before.length - end)),
  ];
}

/** By the longest common subsequence. */
function changed(before: readonly string[], after: readonly string[]): readonly Line[] {
  const removed = (text: string): Line => ({ kind: '-', text });
  const added = (text: string): Line => ({ kind: '+', text });
  if (before.length > comparedLines || after.length > comparedLines)
    return [...before.map(removed), ...after.map(added)];
  const width = after.length + 1;
  const common = new Uint16Array((before.length + 1) * width);
  const at = (row: number, column: number) => common[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--)
      common[row * width + column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
  }
  const lines: Line[] = [];
  let [row, column] = [0, 0];
  while (row < before.length || column < after.length) {
    const [left = '', right = ''] = [before[row], after[column]];
    const isInBoth = row < before.length && column < after.length;
    if (isInBoth && left === right) {
      lines.push({ kind: ' ', text: left });
      row++;
      column++;
    } else if (
      column === after.length ||
      (row < before.length && at(row + 1, column) >= at(row, column + 1))
    ) {
      lines.push(removed(left));
      row++;
    } else {
      lines.push(added(right));
      column++;
    }
  }
  return lines;
}

/** Ranges of lines that hold the changes with what stands around them; neighbours are one. */
function hunksOf(lines: readonly Line[]): readonly (readonly [from: number, to: number])[] {
  const hunks: [number, number][] = [];
  for (const [index, { kind }] of lines.entries()) {
    if (kind === ' ') continue;
    const from = Math.max(0, index - contextLines);
    const to = Math.min(lines.length, index + contextLines + 1);
    const last = hunks.at(-1);
    if (last && from <= last[1]) last[1] = to;
    else hunks.push([from, to]);
  }
  return hunks;
}

function hunkText(lines: readonly Line[], from: number, to: number): string {
  const shown = lines.slice(from, to);
  const count = (side: '-' | '+', part: readonly Line[]) =>
    part.filter(({ kind }) => kind === ' ' || kind === side).length;
  const range = (side: '-' | '+') =>
    `${side}${count(side, lines.slice(0, from)) + 1},${count(side, shown)}`;
  const body = shown.map(({ kind, text }) => `${kind}${text}`);
  return [`@@ ${range('-')} ${range('+')} @@`, ...body].join('\n');
}
