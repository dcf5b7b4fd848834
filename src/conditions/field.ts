/** What a value of the view is: told to the checker, to the reader of the reference, and to the bounds on run time. */
export type ValueType =
  | {
      readonly kind: 'text';
      /** Longest it can be, in characters. */
      readonly maxLength: number;
      /** The only values it can have; absent where anything may stand. */
      readonly values?: readonly string[];
      /** A value that is none of `values` is a slip (an error), or only can never be true (a warning). */
      readonly isOpen?: boolean;
    }
  | {
      readonly kind: 'int' | 'double';
      readonly unit: string;
      readonly least: number;
      readonly most: number;
    }
  | { readonly kind: 'bool' }
  /** A named set: only membership can be asked, in constant time. */
  | { readonly kind: 'set' }
  | { readonly kind: 'list'; readonly of: ValueType; readonly maxItems: number }
  | { readonly kind: 'map'; readonly of: ValueType; readonly keys: readonly string[] }
  | { readonly kind: 'struct'; readonly struct: Struct };

/** One field of the view. */
export type Field = {
  readonly name: string;
  readonly type: ValueType;
  /** One sentence without its full stop. */
  readonly description: string;
  /** How it may stand in a condition. */
  readonly example: string;
  /** Only the message itself tells: a backtest, which keeps no content, cannot. */
  readonly needsMessage: boolean;
  /** From the source of its struct; the view wraps what it gives. */
  readonly read: (source: never) => unknown;
};

export type Struct = {
  /** As type errors call it. */
  readonly name: string;
  readonly fields: readonly Field[];
};

type FieldOf<Source> = Omit<Field, 'name' | 'needsMessage' | 'read'> & {
  readonly needsMessage?: boolean;
  readonly read: (source: Source) => unknown;
};

/** A struct whose fields all read one kind of source. */
export function structOf<Source>(
  name: string,
  fields: Readonly<Record<string, FieldOf<Source>>>,
): Struct {
  return {
    name,
    fields: Object.entries(fields).map(([field, definition]) => ({
      needsMessage: false,
      ...definition,
      name: field,
    })),
  };
}

export const bool: ValueType = { kind: 'bool' };
export const set: ValueType = { kind: 'set' };

export function text(maxLength: number, values?: readonly string[]): ValueType {
  return values === undefined ? { kind: 'text', maxLength } : { kind: 'text', maxLength, values };
}

export function int(unit: string, most = 1_000_000_000): ValueType {
  return { kind: 'int', unit, least: 0, most };
}

export function double(unit: string, least: number, most: number): ValueType {
  return { kind: 'double', unit, least, most };
}

export function list(of: ValueType, maxItems: number): ValueType {
  return { kind: 'list', of, maxItems };
}

/** As CEL writes it. */
export function celTypeOf(type: ValueType): string {
  switch (type.kind) {
    case 'text':
      return 'string';
    case 'set':
      return 'Set';
    case 'list':
      return `list<${celTypeOf(type.of)}>`;
    case 'map':
      return `map<string, ${celTypeOf(type.of)}>`;
    case 'struct':
      return type.struct.name;
    default:
      return type.kind;
  }
}
