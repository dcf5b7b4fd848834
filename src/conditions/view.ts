import { celTypeOf, type Field, type Struct, type ValueType } from './field.ts';
import type { ViewSource } from './source.ts';

/** The variables of one message, each read when it is first asked for. */
export type View = Readonly<Record<string, unknown>>;

/** A set of which conditions may ask membership; case does not matter. */
export class NamedSet {
  readonly #entries: ReadonlySet<string>;

  constructor(entries: ReadonlySet<string>) {
    this.#entries = entries;
  }

  has(value: string): boolean {
    return this.#entries.has(value) || this.#entries.has(value.toLowerCase());
  }
}

type Wrap = (value: unknown) => unknown;
type ViewClass = new (source: never) => object;

export type ViewBuilder = {
  /** Class of a struct's values, which is how CEL tells their type. */
  readonly classes: ReadonlyMap<Struct, ViewClass>;
  readonly viewOf: (source: ViewSource) => View;
};

/** Makes the classes that read the view of a message from the definitions. */
export function buildViews(variables: readonly Field[]): ViewBuilder {
  const classes = new Map<Struct, ViewClass>();
  const root = classOf({ name: 'View', fields: variables }, classes);
  return { classes, viewOf: (source) => new root(source as never) as View };
}

/** Getters that remember: a condition that asks for nothing of the message costs nothing of it. */
function classOf({ fields }: Struct, classes: Map<Struct, ViewClass>): ViewClass {
  const wraps = new Map(fields.map((field) => [field, wrapOf(field.type, classes)]));
  class StructView {
    readonly #source: never;
    readonly #read = new Map<Field, unknown>();

    constructor(source: never) {
      this.#source = source;
    }

    static {
      // Inside, so that nothing that a list of the operator's is called can stand in the way of it.
      for (const field of fields)
        Object.defineProperty(StructView.prototype, field.name, {
          get(this: StructView) {
            return this.#value(field);
          },
        });
    }

    #value(field: Field): unknown {
      if (!this.#read.has(field))
        this.#read.set(field, wraps.get(field)?.(field.read(this.#source)));
      return this.#read.get(field);
    }
  }
  return StructView;
}

function wrapOf(type: ValueType, classes: Map<Struct, ViewClass>): Wrap {
  switch (type.kind) {
    case 'text':
      return (value) => String(value).slice(0, type.maxLength);
    case 'int':
      return (value) => BigInt(Math.trunc(bounded(value as number, type)));
    case 'double':
      return (value) => bounded(value as number, type);
    case 'bool':
      return (value) => value;
    case 'set':
      return (value) => new NamedSet(value as ReadonlySet<string>);
    case 'list': {
      const wrap = wrapOf(type.of, classes);
      return (value) => (value as readonly unknown[]).slice(0, type.maxItems).map(wrap);
    }
    case 'map': {
      const wrap = wrapOf(type.of, classes);
      return (value) =>
        new Map([...(value as ReadonlyMap<string, unknown>)].map(([key, of]) => [key, wrap(of)]));
    }
    case 'struct': {
      const known = classes.get(type.struct);
      const viewClass = known ?? classOf(type.struct, classes);
      classes.set(type.struct, viewClass);
      return (value) => new viewClass(value as never);
    }
  }
}

function bounded(
  value: number,
  { least, most }: { readonly least: number; readonly most: number },
) {
  return Math.min(most, Math.max(least, value));
}

/** Of all structs below the variables, the innermost first; each has its class by then. */
export function typesOf(classes: ViewBuilder['classes']): readonly {
  readonly name: string;
  readonly viewClass: ViewClass;
  readonly fields: Readonly<Record<string, string>>;
}[] {
  return [...classes].map(([{ name, fields }, viewClass]) => ({
    name,
    viewClass,
    fields: Object.fromEntries(fields.map((field) => [field.name, celTypeOf(field.type)])),
  }));
}
