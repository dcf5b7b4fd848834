import { RE2JS, RE2JSSyntaxException } from 're2js';

/** Instructions of a pattern's program; time is linear in it as well as in the text. */
const maxProgramSize = 500;
const maxLength = 500;

export type PatternReading =
  | { readonly ok: true; readonly isIn: (text: string) => boolean; readonly size: number }
  | {
      readonly ok: false;
      /** Where in the pattern. */
      readonly offset: number;
      readonly message: string;
      readonly hint: string;
    };

/** Compiles a regular expression for the linear engine, or says what is wrong with it. */
export function readPattern(pattern: string): PatternReading {
  if (pattern.length > maxLength) {
    const message = `this pattern has ${pattern.length} characters; at most ${maxLength} are allowed`;
    return { ok: false, offset: 0, message, hint: 'ask for fewer things at once' };
  }
  const foreign = foreignSyntax(pattern);
  if (foreign !== null) return { ok: false, ...foreign };
  try {
    const compiled = RE2JS.compile(pattern);
    const size = compiled.programSize();
    if (size <= maxProgramSize) return { ok: true, isIn: (text) => compiled.test(text), size };
    const message = `this pattern becomes ${size} instructions; at most ${maxProgramSize} are allowed`;
    return { ok: false, offset: 0, message, hint: 'write smaller numbers in the braces' };
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    const part = error.getPattern() ?? '';
    const message = `the pattern cannot be read: ${error.getDescription()}${part === '' || part === pattern ? '' : ` \`${part}\``}`;
    return { ok: false, offset: offsetOf(part, pattern), message, hint: hintFor(error) };
  }
}

const hints: Readonly<Record<string, string>> = {
  'missing closing )': 'close the bracket, or write `\\(` for the character itself',
  'missing closing ]': 'close the bracket, or write `\\[` for the character itself',
  'unexpected )': 'remove it, or write `\\)` for the character itself',
  'missing argument to repetition operator':
    'put something in front of it, or a backslash for the character itself',
  'invalid repeat count':
    'at most 1000, smaller number first, and no such counts inside each other',
  'invalid nested repetition operator': 'put what is repeated in brackets',
  'trailing backslash at end of expression': 'write `\\\\` for a backslash',
};

function hintFor(error: RE2JSSyntaxException): string {
  return hints[error.getDescription()] ?? 'the syntax is that of RE2';
}

/** The engine names the part that it cannot read; an unclosed bracket stands somewhere in the whole. */
function offsetOf(part: string, pattern: string): number {
  return part === '' || part === pattern ? 0 : Math.max(0, pattern.lastIndexOf(part));
}

type Foreign = { readonly offset: number; readonly message: string; readonly hint: string };

/** What other engines have and a linear one cannot have. */
function foreignSyntax(pattern: string): Foreign | null {
  const token = /\\[1-9]|\\k<|\(\?(?:[=!>]|<[=!])|\\./g;
  for (const match of pattern.matchAll(token)) {
    const [found] = match;
    const offset = match.index;
    if (/^\\[1-9k]/.test(found))
      return {
        offset,
        message: `\`${found}\` refers back to a group, which a linear engine cannot do`,
        hint: 'write out what may stand there, or compare the parts in the condition itself',
      };
    if (found.startsWith('(?')) {
      const hint = found.includes('!')
        ? 'ask it in the condition itself: `a.matches("x") && !a.matches("y")`'
        : 'put what follows into the pattern, or ask it in the condition itself: `a.matches("x") && a.matches("y")`';
      return {
        offset,
        message: `\`${found}\` looks around, which a linear engine cannot do`,
        hint,
      };
    }
  }
  return null;
}
