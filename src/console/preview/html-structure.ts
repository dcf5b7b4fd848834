import { Parser } from 'htmlparser2';

/** One thing that HTML would show, in order, without its content: a picture of structure, not of the message. */
export type StructureBox = {
  readonly kind: 'text' | 'heading' | 'link' | 'image' | 'rule' | 'field' | 'list';
  /** Nesting of tables, 0 to 6. */
  readonly depth: number;
  /** Characters of text in it. */
  readonly characters: number;
  /** Column of its table row, from 0, and columns of that row, at most 4. */
  readonly column: number;
  readonly columns: number;
};

export type HtmlStructure = {
  readonly boxes: readonly StructureBox[];
  readonly isCut: boolean;
  /** Elements that do something rather than show something; none of them is ever run or loaded. */
  readonly active: Readonly<Record<'scripts' | 'styles' | 'remote' | 'forms' | 'hidden', number>>;
};

const limits = { html: 500_000, boxes: 300, depth: 6, columns: 4 };

// Not `head`: it ends with the first thing that is shown, whether or not anybody closes it (HTML 13.2.6.4.4).
const silent = new Set(['script', 'style', 'title', 'template', 'noscript', 'svg']);
const headings = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6']);
const breaks = new Set(
  'p div td th tr table ul ol li br hr section article header footer blockquote pre center h1 h2 h3 h4 h5 h6'.split(
    ' ',
  ),
);

type State = {
  readonly boxes: StructureBox[];
  readonly active: Record<keyof HtmlStructure['active'], number>;
  readonly open: string[];
  kind: StructureBox['kind'];
  characters: number;
  column: number;
  isCut: boolean;
};

/** Reads at most 500,000 characters; never throws on malformed markup. */
export function htmlStructure(html: string): HtmlStructure {
  const state: State = {
    boxes: [],
    active: { scripts: 0, styles: 0, remote: 0, forms: 0, hidden: 0 },
    open: [],
    kind: 'text',
    characters: 0,
    column: 0,
    isCut: html.length > limits.html,
  };
  const parser = new Parser({
    onopentag: (name, attributes) => {
      countActive(state, name, attributes);
      if (breaks.has(name) || name === 'a' || name === 'img') endBox(state);
      if (name === 'tr') state.column = 0;
      if (headings.has(name)) state.kind = 'heading';
      if (name === 'li') state.kind = 'list';
      if (name === 'a') state.kind = 'link';
      if (state.open.length < 400) state.open.push(name);
      const single = singles[name];
      if (single !== undefined) addBox(state, single, 0);
    },
    ontext: (text) => {
      if (!state.open.some((name) => silent.has(name)))
        state.characters += text.replace(/\s+/g, ' ').length;
    },
    onclosetag: (name) => {
      if (breaks.has(name) || name === 'a') {
        endBox(state);
        state.kind = 'text';
      }
      if (name === 'td' || name === 'th') state.column++;
      const at = state.open.lastIndexOf(name);
      if (at >= 0) state.open.length = at;
    },
  });
  parser.write(html.slice(0, limits.html));
  parser.end();
  endBox(state);
  return { boxes: withColumns(state.boxes), isCut: state.isCut, active: state.active };
}

const singles: Readonly<Record<string, StructureBox['kind'] | undefined>> = {
  img: 'image',
  video: 'image',
  hr: 'rule',
  input: 'field',
  textarea: 'field',
  select: 'field',
};

function countActive(
  { active }: State,
  name: string,
  attributes: Readonly<Record<string, string>>,
): void {
  if (name === 'script' || Object.keys(attributes).some((attribute) => /^on/i.test(attribute)))
    active.scripts++;
  if (name === 'style') active.styles++;
  if (name === 'form') active.forms++;
  const loads = name === 'link' ? attributes['href'] : attributes['src'];
  if (loads !== undefined && /^\s*(?:https?:)?\/\//i.test(loads)) active.remote++;
  if (
    /display\s*:\s*none|font-size\s*:\s*0|visibility\s*:\s*hidden/i.test(attributes['style'] ?? '')
  )
    active.hidden++;
}

function endBox(state: State): void {
  if (state.characters > 1) addBox(state, state.kind, state.characters);
  state.characters = 0;
}

function addBox(state: State, kind: StructureBox['kind'], characters: number): void {
  if (state.boxes.length >= limits.boxes) {
    state.isCut = true;
    return;
  }
  const tables = state.open.filter((name) => name === 'table').length;
  const depth = Math.min(limits.depth, tables);
  state.boxes.push({ kind, depth, characters, column: state.column, columns: 1 });
}

/** Boxes of one row stand side by side; what follows the last column begins a row of its own. */
function withColumns(boxes: readonly StructureBox[]): readonly StructureBox[] {
  const rows: StructureBox[][] = [];
  for (const box of boxes) {
    const row = rows.at(-1);
    const before = row?.at(-1);
    const continues =
      row !== undefined &&
      before !== undefined &&
      before.depth === box.depth &&
      box.column > before.column &&
      row.length < limits.columns;
    if (continues) row.push(box);
    else rows.push([box]);
  }
  return rows.flatMap((row) => row.map((box, column) => ({ ...box, column, columns: row.length })));
}
