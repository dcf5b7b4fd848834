import type { ParseError } from '@marcbachmann/cel-js';
import type { ExpressionProblem } from './problem.ts';

/** What people write by habit, and how CEL writes it. Anchored where the parser gave up. */
const habits: readonly { readonly written: RegExp; readonly hint: string }[] = [
  { written: /^and\b/i, hint: 'write `&&` for "and"' },
  { written: /^or\b/i, hint: 'write `||` for "or"' },
  { written: /^=~/, hint: 'write `text.matches(r"pattern")`' },
  { written: /^=/, hint: 'write `==` to compare' },
  { written: /^&/, hint: 'write `&&` for "and"' },
  { written: /^\|/, hint: 'write `||` for "or"' },
  { written: /^[“”„‘’«»]/, hint: 'write straight quotes: "text"' },
  { written: /^;/, hint: 'one expression only: join parts with `&&` or `||`' },
  { written: /^is\b/, hint: 'write `==`' },
  { written: /^[$@#]/, hint: 'names stand as they are, without a sign in front' },
];

/** What is wrong with an expression that is no CEL at all. */
export function explainSyntax(error: ParseError, text: string): ExpressionProblem {
  const at = error.range?.start ?? 0;
  if (text.trim() === '')
    return { offset: 0, message: 'the condition is empty', hint: 'write what must be true' };
  switch (error.code) {
    case 'limit_exceeded':
      if (error.summary.includes('maxMapEntries'))
        return {
          offset: at,
          message: 'a map cannot stand in a condition',
          hint: 'square brackets make a list: ["one", "other"]',
        };
      return {
        offset: at,
        message: `the condition is too large: ${limitOf(error.summary)}`,
        hint: 'split it into several conditions, or put values into `lists.yaml: sets`',
      };
    case 'unterminated_string':
    case 'unterminated_triple_quoted_string':
      return {
        offset: at,
        message: 'this text has no closing quote',
        hint: 'close it with the quote it begins with',
      };
    case 'invalid_escape_sequence':
    case 'invalid_unicode_escape':
    case 'invalid_unicode_surrogate':
    case 'invalid_hex_escape':
    case 'invalid_octal_escape':
    case 'octal_escape_out_of_range':
      return {
        offset: at,
        message: `this escape means nothing: \`${text.slice(at, at + 2)}\``,
        hint: 'write `\\\\` for a backslash, or r"…" in front of a pattern',
      };
    case 'reserved_identifier':
      return {
        offset: at,
        message: `\`${wordAt(text, at)}\` is a reserved word`,
        hint: 'write `condition ? a : b` for a choice',
      };
    case 'invalid_macro_argument':
      return {
        offset: at,
        message: 'the first argument names the item, and must be a plain name',
        hint: 'write for example `message.links.exists(link, link.domain == "example.com")`',
      };
    default:
      return unexpected(at, text);
  }
}

function unexpected(at: number, text: string): ExpressionProblem {
  if (text.slice(at).trim() === '')
    return {
      offset: text.trimEnd().length,
      message: 'the condition ends too early',
      hint: 'something is missing here, or a bracket is not closed',
    };
  const word = wordAt(text, at);
  // The name before the place where the parser gave up: `not x`.
  const before = /\bnot\s+$/i.exec(text.slice(0, at));
  if (before !== null)
    return {
      offset: before.index,
      message: '`not` is not known here',
      hint: 'write `!` for "not"',
    };
  const hint = habits.find(({ written }) => written.test(text.slice(at)))?.hint ?? '';
  return { offset: at, message: `\`${word}\` is not expected here`, hint };
}

/** The word or sign at a place, short. */
function wordAt(text: string, at: number): string {
  return /^(?:\w{1,40}|.)/u.exec(text.slice(at))?.[0] ?? '';
}

const limits: Readonly<Record<string, string>> = {
  maxAstNodes: 'more than 400 parts',
  maxDepth: 'nested more than 40 deep',
  maxListElements: 'a list with more than 100 items',
  maxCallArguments: 'a call with more than 8 arguments',
};

function limitOf(summary: string): string {
  const key = Object.keys(limits).find((name) => summary.includes(name));
  return (key === undefined ? undefined : limits[key]) ?? summary;
}
