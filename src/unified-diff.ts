/** Lines around a change that are shown. */
const contextLines = 3;
/** Changed lines beyond which a pair of files is only said to differ: it would take long, and nobody reads it. */
const mostChanges = 4000;

type Edit = { readonly kind: ' ' | '-' | '+'; readonly line: string };

/** How one text becomes another, in the form of `diff -u` without its head; empty where they are the same. */
export function unifiedDiff(before: string, after: string): string {
  if (before === after) return '';
  const bothEnd = before.endsWith('\n') && after.endsWith('\n');
  const linesOf = (text: string) => (bothEnd ? text.slice(0, -1) : text).split('\n');
  const edits = editsBetween(linesOf(before), linesOf(after));
  if (edits === null) return 'the files differ in most of their lines\n';
  return hunksOf(edits)
    .map(([from, to]) => hunkText(edits, from, to))
    .join('');
}

/** The same of one file, with its head; empty where nothing changes. */
export function unifiedFileDiff(file: string, before: string, after: string): string {
  const hunks = unifiedDiff(before, after);
  return hunks === '' ? '' : `--- ${file}\n+++ ${file}\n${hunks}`;
}

/** Shortest edit script (Myers 1986, "An O(ND) Difference Algorithm"); null where it is too long. */
function editsBetween(left: readonly string[], right: readonly string[]): readonly Edit[] | null {
  const traces: Int32Array[] = [];
  const most = Math.min(left.length + right.length, mostChanges);
  const furthest = new Int32Array(2 * most + 3);
  const at = (diagonal: number) => furthest[diagonal + most + 1] ?? 0;
  for (let changes = 0; changes <= most; changes++) {
    traces.push(furthest.slice(most + 1 - changes - 1, most + 1 + changes + 2));
    for (let diagonal = -changes; diagonal <= changes; diagonal += 2) {
      const down =
        diagonal === -changes || (diagonal !== changes && at(diagonal - 1) < at(diagonal + 1));
      let x = down ? at(diagonal + 1) : at(diagonal - 1) + 1;
      while (x < left.length && x - diagonal < right.length && left[x] === right[x - diagonal]) x++;
      furthest[diagonal + most + 1] = x;
      if (x >= left.length && x - diagonal >= right.length) return traceBack(traces, left, right);
    }
  }
  return null;
}

function traceBack(
  traces: readonly Int32Array[],
  left: readonly string[],
  right: readonly string[],
): readonly Edit[] {
  const edits: Edit[] = [];
  let [x, y] = [left.length, right.length];
  for (let changes = traces.length - 1; changes >= 0; changes--) {
    const at = (diagonal: number) => traces[changes]?.[diagonal + changes + 1] ?? 0;
    const diagonal = x - y;
    const down =
      diagonal === -changes || (diagonal !== changes && at(diagonal - 1) < at(diagonal + 1));
    const startX = changes === 0 ? 0 : down ? at(diagonal + 1) : at(diagonal - 1);
    const startY = changes === 0 ? 0 : startX - (down ? diagonal + 1 : diagonal - 1);
    const afterX = changes === 0 || down ? startX : startX + 1;
    for (; x > afterX; x--, y--) edits.push({ kind: ' ', line: left[x - 1] ?? '' });
    if (changes === 0) break;
    if (down) edits.push({ kind: '+', line: right[startY] ?? '' });
    else edits.push({ kind: '-', line: left[startX] ?? '' });
    [x, y] = [startX, startY];
  }
  return edits.reverse();
}

/** Ranges of edits around the changes; those that would touch are one. */
function hunksOf(edits: readonly Edit[]): readonly (readonly [from: number, to: number])[] {
  const hunks: [number, number][] = [];
  edits.forEach(({ kind }, index) => {
    if (kind === ' ') return;
    const from = Math.max(0, index - contextLines);
    const to = Math.min(edits.length, index + contextLines + 1);
    const last = hunks.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = to;
    else hunks.push([from, to]);
  });
  return hunks;
}

function hunkText(edits: readonly Edit[], from: number, to: number): string {
  const count = (some: readonly Edit[], without: Edit['kind']) =>
    some.filter(({ kind }) => kind !== without).length;
  const [earlier, shown] = [edits.slice(0, from), edits.slice(from, to)];
  const [left, right] = (['+', '-'] as const).map((without) => {
    const lines = count(shown, without);
    return `${count(earlier, without) + (lines === 0 ? 0 : 1)},${lines}`;
  });
  const lines = shown.map(({ kind, line }) => `${kind}${line}\n`);
  return `@@ -${left ?? ''} +${right ?? ''} @@\n${lines.join('')}`;
}
