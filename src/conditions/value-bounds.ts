import type { ValueType } from './field.ts';
import type { ExpressionProblem } from './problem.ts';

/** How large a value on the way may be: more than any message holds, and little memory. */
const largest = { items: 10_000, characters: 200_000, charactersInList: 2_000_000 };

export const bool: ValueType = { kind: 'bool' };

/** Longest the text can be; other values have no length. */
export function lengthOf(type: ValueType | undefined): number {
  return type?.kind === 'text' ? type.maxLength : 0;
}

/** Most items of the list itself, those of lists inside it aside. */
export function itemsOf(type: ValueType | undefined): number {
  return type?.kind === 'list' ? type.maxItems : 0;
}

/** Characters of the text, or of all texts in the list. */
export function lengthWithin(type: ValueType | undefined): number {
  return type?.kind === 'list' ? type.maxItems * lengthWithin(type.of) : lengthOf(type);
}

/** Steps that copying or comparing a value takes at most. */
export function extentOf(type: ValueType | undefined): number {
  return type?.kind === 'list' ? type.maxItems * (1 + extentOf(type.of)) : lengthOf(type) / 1000;
}

/** Why a value is larger than a condition may make one, or null. */
export function excessOf(type: ValueType): Omit<ExpressionProblem, 'offset'> | null {
  const hint = 'ask each part by itself and join the answers with `||`';
  const over = (what: string, count: number, most: number) =>
    count > most
      ? { message: `${what}: ${shown(count)}; at most ${shown(most)} are allowed`, hint }
      : null;
  if (type.kind !== 'list')
    return over('this text could have too many characters', lengthOf(type), largest.characters);
  return (
    over('this list could have too many items', type.maxItems, largest.items) ??
    over(
      'the texts of this list could have too many characters',
      lengthWithin(type),
      largest.charactersInList,
    )
  );
}

function shown(count: number): string {
  return count.toLocaleString('en');
}

/** The same kind of value without anything in it. */
export function emptied(type: ValueType): ValueType {
  if (type.kind === 'list') return { ...type, maxItems: 0 };
  return type.kind === 'text' ? { ...type, maxLength: 0 } : type;
}

/** What `+` makes of the two. */
export function joined(left: ValueType | undefined, right: ValueType | undefined): ValueType {
  if (left?.kind === 'text' || right?.kind === 'text')
    return { kind: 'text', maxLength: lengthOf(left) + lengthOf(right) };
  if (left?.kind === 'list' && right?.kind === 'list')
    return { ...eitherList(left, right), maxItems: left.maxItems + right.maxItems };
  return anyNumber(left, right);
}

export function anyNumber(left: ValueType | undefined, right: ValueType | undefined): ValueType {
  const kind = left?.kind === 'double' || right?.kind === 'double' ? 'double' : 'int';
  return { kind, unit: '', least: -Infinity, most: Infinity };
}

/** What either may be. */
export function wider(left: ValueType | undefined, right: ValueType | undefined): ValueType {
  if (left?.kind === 'text' && right?.kind === 'text')
    return { kind: 'text', maxLength: Math.max(left.maxLength, right.maxLength) };
  if (left?.kind === 'list' && right?.kind === 'list') return eitherList(left, right);
  return left?.kind === 'int' || left?.kind === 'double' ? anyNumber(left, right) : (left ?? bool);
}

type ListType = Extract<ValueType, { kind: 'list' }>;

/** Nothing is known of the items of `[]`, and nothing need be. */
function eitherList(left: ListType, right: ListType): ListType {
  if (left.maxItems === 0) return right;
  if (right.maxItems === 0) return left;
  const maxItems = Math.max(left.maxItems, right.maxItems);
  return { kind: 'list', of: wider(left.of, right.of), maxItems };
}
