export type Column = { readonly heading: string; readonly align?: 'left' | 'right' };

/** Columns as wide as their content, two spaces apart; every line ends with a line feed. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [columns.map(({ heading }) => heading), ...rows.map((row) => row.map(printable))];
  const widths = columns.map((_, index) =>
    Math.max(...lines.map((line) => line[index]?.length ?? 0)),
  );
  const cell = (text: string, index: number) =>
    columns[index]?.align === 'right'
      ? text.padStart(widths[index] ?? 0)
      : text.padEnd(widths[index] ?? 0);
  return lines.map((line) => `${line.map(cell).join('  ').trimEnd()}\n`).join('');
}

/** Text from outside on a terminal: without escape sequences and line breaks. */
export function printable(text: string): string {
  return text.replace(/[\p{C}\u2028\u2029]+/gu, ' ');
}
