import { byCase, type Pseudonym } from '../features/hash.ts';
import { oncePerObject } from '../once-per.ts';

/**
 * Values of mail under a keyed hash. What rules ask of them stays true: equal values stay equal and others different, by
 * case as well; a domain keeps its (hidden) top-level domain, a path its (hidden) domain, and what begins with a class
 * keeps the class.
 */
export type HiddenValues = {
  /** A value as `table` knows it. */
  readonly value: (table: string, value: string) => string;
  /** A domain, a top-level domain with its dot, or an address. */
  readonly name: (name: string) => string;
  readonly word: (word: string) => string;
  /** `table value`, as the scorer names values. */
  readonly named: (name: string) => string;
};

/** Names of kinds of text, of languages and of our own marks: no message's, but ours. */
const classTables: ReadonlySet<string> = new Set([
  'display-name-class',
  'greeting-class',
  'attachment-class',
  'subject-class',
  'body-class',
  'language',
  'reach',
]);

/** Hashed with the key already where features are read. */
const keyedTables: ReadonlySet<string> = new Set(['recipient', 'actor', 'forwarder']);

/** The same for the same key, so that what is hidden once may be known by it. */
export const hiddenValues = oncePerObject(hiddenWith);

function hiddenWith(ofAddresses: Pseudonym): HiddenValues {
  // Of `t/T` and `T/T`, two shapes of paths, one value would become, and records are told by their place among values.
  const pseudonym = byCase(ofAddresses);
  const topLevel = (name: string) => `.${pseudonym(name)}`;
  const name = (text: string): string => {
    const dot = text.lastIndexOf('.');
    if (dot < 0) return pseudonym(text);
    const under = topLevel(text.slice(dot));
    return dot === 0 ? under : `${pseudonym(text)}${under}`;
  };
  const words = (text: string) => text.split(' ').map(name).join(' ');
  const value = (table: string, text: string): string => {
    if (classTables.has(table) || keyedTables.has(table)) return text;
    if (table === 'path-shape') return hiddenPath(text, { name, pseudonym });
    const isClassed = table === 'brand' || (table === 'mail-from' && text.startsWith('spf '));
    return isClassed ? hiddenAfterClass(text, pseudonym) : words(text);
  };
  return {
    value,
    name,
    word: pseudonym,
    named: (text) => {
      const space = text.indexOf(' ');
      const table = text.slice(0, space);
      return `${table} ${value(table, text.slice(space + 1))}`;
    },
  };
}

/** Every form under which a value that rules name may stand in a kept message; also the clear one, for classes. */
export function hiddenForms(text: string, hidden: HiddenValues): readonly string[] {
  return [
    ...new Set([
      text,
      hidden.value('domain', text),
      hidden.value('brand', text),
      hidden.value('path-shape', text),
    ]),
  ];
}

function hiddenPath(
  text: string,
  { name, pseudonym }: Pick<HiddenValues, 'name'> & { readonly pseudonym: Pseudonym },
): string {
  const slash = text.indexOf('/');
  if (slash < 0) return name(text);
  return `${name(text.slice(0, slash))}/${pseudonym(text.slice(slash))}`;
}

/** `brand metamask`, `spf pass`: the first word is a class. */
function hiddenAfterClass(text: string, pseudonym: Pseudonym): string {
  const space = text.indexOf(' ');
  return space < 0 ? text : `${text.slice(0, space)} ${pseudonym(text.slice(space + 1))}`;
}
