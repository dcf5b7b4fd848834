/** Something wrong in a YAML file, and what to write instead. */
export type RuleProblem = {
  /** Path as the operator named it. */
  readonly file: string;
  /** Both from 1; 1:1 for the file as a whole. */
  readonly line: number;
  readonly column: number;
  /** Where in the document: `aliases[0].id`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  /** What to do; possibly empty. */
  readonly hint: string;
  /** The line it stands on; empty for the file as a whole. */
  readonly excerpt: string;
};

/** Something that is valid, and surely not what its author meant: rules with warnings are activated. */
export type RuleWarning = RuleProblem;

/** How much of a line an excerpt shows. */
const excerptWidth = 100;

/** `rules/policy.yaml:12:5: message`, the line with a caret below the place, and what to write instead. */
export function formatProblem(problem: RuleProblem): string {
  const { file, line, column, message, hint, excerpt } = problem;
  const lines = [`${file}:${line}:${column}: ${printable(message)}`];
  if (excerpt.trim() !== '') {
    const start = column > excerptWidth - 20 ? column - 41 : 0;
    const margin = String(line).length;
    lines.push(`  ${line} | ${printable(excerpt.slice(start, start + excerptWidth)).trimEnd()}`);
    lines.push(`  ${' '.repeat(margin)} | ${' '.repeat(Math.max(column - 1 - start, 0))}^`);
  }
  if (hint !== '') lines.push(`  ${printable(hint)}`);
  return lines.join('\n');
}

/** The same for what does not keep rules from being activated. */
export function formatWarning(warning: RuleWarning): string {
  return formatProblem({ ...warning, message: `warning: ${warning.message}` });
}

/** Files are shown on terminals: no escape sequences, and one column per character. */
export function printable(text: string): string {
  return text.replace(/[\p{C}]/gu, ' ');
}

/** `['aliases', 0, 'id']` → `aliases[0].id`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}
