const begin = '<!-- bench: written by `npm run bench -- --write-readme`, not by hand -->';
const end = '<!-- /bench -->';

/** The text with what is between the two marks replaced. Throws where they are not there once, in order. Pure. */
export function replaceBlock(text: string, block: string): string {
  const { before, after } = split(text);
  return `${before}\n${block.trim()}\n${after}`;
}

/** What is between the marks. Throws likewise. Pure. */
export function blockOf(text: string): string {
  const { before, after } = split(text);
  return text.slice(before.length, -after.length).trim();
}

/** A block with `#` for each figure: what every run writes alike. Pure. */
export function shapeOf(block: string): string {
  return block
    .split('\n')
    .map((line) => (line.startsWith('|') ? shapeOfRow(line) : shapeOfText(line)))
    .join('\n');
}

function shapeOfText(line: string): string {
  return line.replace(/cores \(.*\) with/, 'cores (#) with').replace(/\d+(?:[.,-]\d+)*/g, '#');
}

const figure = /^(?:-?\d[\d.]*(?: (?:×|ms|MB))?|not run|yes|\*\*no\*\*|)$/;

function shapeOfRow(line: string): string {
  const [first = '', ...cells] = line.slice(1, -1).split('|');
  const shapes = cells.map((cell) =>
    cell
      .trim()
      .replace(figure, '#')
      .replace(/^-+:?$/, '---:'),
  );
  return `| ${[first.trim().replace(/^-+$/, '---'), ...shapes].join(' | ')} |`;
}

function split(text: string): { readonly before: string; readonly after: string } {
  const [first, last] = [text.indexOf(begin), text.indexOf(end)];
  const isOnce = first === text.lastIndexOf(begin) && last === text.lastIndexOf(end);
  if (first < 0 || last < first || !isOnce)
    throw new Error(`README.md must have, once and in this order: ${begin} and ${end}`);
  return { before: text.slice(0, first + begin.length), after: text.slice(last) };
}
