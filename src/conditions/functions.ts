import { contactPointsOf } from '../message/contact-points.ts';
import { collapseSpace } from '../message/collapse-space.ts';
import { foldText } from '../message/fold.ts';
import type { ValueType } from './field.ts';
import { isIn, placesIn } from './search-text.ts';
import { itemsOf, lengthOf, lengthWithin } from './value-bounds.ts';
import { NamedSet } from './view.ts';

/** A function or method that conditions may call. Macros and what CEL has of its own have no handler. */
export type ConditionFunction = {
  readonly name: string;
  /** Called on a value (`text.contains("x")`), not with it. */
  readonly isMethod: boolean;
  /** As CEL writes them; several where it takes several types. */
  readonly signatures: readonly string[];
  /** One sentence without its full stop. */
  readonly description: string;
  readonly example: string;
  readonly handler?: (...values: never[]) => unknown;
  /** What it gives, as far as bounds go; the receiver is the first argument. */
  readonly result: (values: readonly ValueType[]) => ValueType;
  /** Most steps it takes, each about a microsecond. */
  readonly steps: (values: readonly ValueType[]) => number;
};

const yesOrNo = (): ValueType => ({ kind: 'bool' });
const number = (): ValueType => ({ kind: 'int', unit: '', least: 0, most: 1_000_000 });

/** Search in text is quick; folding text of other scripts takes one to two microseconds a character. */
const search = ([text]: readonly ValueType[]) => 1 + lengthOf(text) / 1000;
const fold = ([text]: readonly ValueType[]) => 1 + 2 * lengthOf(text);

/** A Korean syllable is folded to its three letters. */
const foldedGrowth = 3;

/** Of a domain, in characters. */
const longestLabel = 63;

/** Macros over a list: a name for the item, and what is asked of it. */
export const macros = ['exists', 'all', 'exists_one', 'filter', 'map'] as const;

/** What is called in the place of CEL's own, which a message or a pattern can make very slow. */
const linear: ReadonlyMap<string, string> = new Map([
  ['matches', 'matchesLinear'],
  ['contains', 'containsLinear'],
]);

/** The name under which a method is registered and called. */
export function calledName(written: string): string {
  return linear.get(written) ?? written;
}

/** The name that stands in the condition. */
export function writtenName(called: string): string {
  return linear.keys().find((name) => linear.get(name) === called) ?? called;
}

/** Everything that may be called, but for the macros. `isMatch` tells whether a text has a compiled pattern in it. */
export function functionsFor(
  isMatch: (text: string, pattern: string) => boolean,
): readonly ConditionFunction[] {
  const folded = remembering(readable);
  return [
    {
      name: 'contains',
      isMethod: true,
      signatures: ['string.contains(string): bool'],
      description:
        'The text has this in it, letter by letter (case matters: ask `.folded()` first)',
      example: 'message.mailFrom.contains("bounce")',
      handler: isIn,
      result: yesOrNo,
      steps: ([text, sought]) => 1 + lengthOf(text) / 200 + lengthOf(sought) / 100,
    },
    {
      name: 'startsWith',
      isMethod: true,
      signatures: ['string.startsWith(string): bool'],
      description: 'The text begins with this',
      example: 'message.subject.startsWith("Invoice")',
      result: yesOrNo,
      steps: search,
    },
    {
      name: 'endsWith',
      isMethod: true,
      signatures: ['string.endsWith(string): bool'],
      description: 'The text ends with this',
      example: 'message.links.exists(l, l.host.endsWith(".r2.dev"))',
      result: yesOrNo,
      steps: search,
    },
    {
      name: 'size',
      isMethod: true,
      signatures: [
        'string.size(): int',
        'list.size(): int',
        'size(string): int',
        'size(list): int',
      ],
      description: 'Characters of a text, or items of a list; `size(x)` is the same as `x.size()`',
      example: 'message.links.size() > 3',
      result: number,
      steps: ([value]) => 1 + (lengthOf(value) + itemsOf(value)) / 100,
    },
    {
      name: 'folded',
      isMethod: true,
      signatures: ['string.folded(): string'],
      description:
        'The text as a person reads it, in lower case: letters that only look Latin are Latin, invisible characters are gone, gaps are one space wide',
      example: 'message.subject.folded().startsWith("action required")',
      handler: (text: string) => folded(text),
      result: ([text]) => ({ kind: 'text', maxLength: foldedGrowth * lengthOf(text) }),
      steps: fold,
    },
    {
      name: 'mentions',
      isMethod: true,
      signatures: ['string.mentions(list<string>): bool'],
      description:
        'One of these words or phrases stands in the text, as whole words, both sides read like `.folded()`',
      example: 'message.text.mentions(["gift card", "wire transfer"])',
      handler: (text: string, phrases: readonly string[]) => {
        const read = folded(text);
        return phrases.some((phrase) => standsIn(read, readable(phrase)));
      },
      result: yesOrNo,
      steps: (values) =>
        fold(values) +
        itemsOf(values[1]) * (10 + lengthOf(values[0]) / 200) +
        2 * lengthWithin(values[1]),
    },
    {
      name: 'matches',
      isMethod: true,
      signatures: ['string.matches(string): bool'],
      description:
        'Some part of the text fits the regular expression, which stands there literally (RE2 syntax, linear time; `(?i)` in front ignores case)',
      example: 'message.subject.matches(r"(?i)order #[A-Z0-9]{8}")',
      handler: (text: string, pattern: string) => isMatch(text, pattern),
      result: yesOrNo,
      steps: search,
    },
    {
      name: 'hasPhone',
      isMethod: false,
      signatures: ['hasPhone(string): bool'],
      description: 'A telephone number stands in the text',
      example: 'hasPhone(message.subject)',
      handler: (text: string) =>
        contactPointsOf(foldText(bounded(text))).some(({ kind }) => kind === 'phone'),
      result: yesOrNo,
      steps: ([text]) => 10 + 2 * lengthOf(text),
    },
    {
      name: 'domainIn',
      isMethod: false,
      signatures: ['domainIn(string, Set): bool'],
      description: 'The domain or one that it lies below is in the set',
      example: 'message.links.exists(l, domainIn(l.host, sets.partners))',
      handler: isBelow,
      result: yesOrNo,
      steps: ([host]) => 10 + lengthOf(host) / 100,
    },
    {
      name: 'topLevel',
      isMethod: false,
      signatures: ['topLevel(string): string'],
      description: 'What follows the last dot',
      example: 'message.links.exists(l, topLevel(l.host) in lists.cheapTopLevelDomains)',
      handler: (host: string) => host.slice(host.lastIndexOf('.') + 1).slice(0, longestLabel),
      result: () => ({ kind: 'text', maxLength: longestLabel }),
      steps: search,
    },
  ];
}

/** One character may stand for 18 (U+FDFA): of a text that grows so only the part that an honest one comes to is read. */
function bounded(text: string): string {
  return text.normalize('NFKC').slice(0, 2 * text.length);
}

function readable(text: string): string {
  const folded = collapseSpace(foldText(bounded(text)).toLowerCase());
  return folded.slice(0, foldedGrowth * text.length);
}

/** As whole words: `call us` is not in `recall usage`. */
function standsIn(text: string, phrase: string): boolean {
  for (const at of placesIn(text, phrase)) {
    const before = text.slice(Math.max(0, at - 2), at);
    const after = text.slice(at + phrase.length, at + phrase.length + 2);
    if (!/[\p{L}\p{N}]$/u.test(before) && !/^[\p{L}\p{N}]/u.test(after)) return true;
  }
  return false;
}

function isBelow(domain: string, names: NamedSet): boolean {
  const labels = domain.toLowerCase().split('.').slice(-10);
  return labels.some((_, index) => names.has(labels.slice(index).join('.')));
}

/** Several conditions fold the same few texts of one message. */
function remembering(work: (text: string) => string): (text: string) => string {
  const kept = new Map<string, string>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const done = work(text);
    if (kept.size >= 8) kept.delete(kept.keys().next().value ?? '');
    kept.set(text, done);
    return done;
  };
}
