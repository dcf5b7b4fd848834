import { isScalar, parseDocument, stringify } from 'yaml';

/** A value of a YAML file, and how it stands there: on one line. */
export type WrittenValue = { readonly value: unknown; readonly text: string };

/** What somebody wrote as YAML; null where it is none. A number stays as it was written: `1e-4`. */
export function writtenValue(given: string): WrittenValue | null {
  const document = parseDocument(given, { logLevel: 'error' });
  if (document.errors.length > 0) return null;
  const { contents } = document;
  try {
    const value: unknown = document.toJS({ maxAliasCount: 0 });
    const isNumber = isScalar(contents) && typeof value === 'number';
    return { value, text: (isNumber ? contents.source : undefined) ?? flowText(value) };
  } catch {
    return null; // it refers to parts of itself
  }
}

/** As prettier writes it: `{ perHour: 200, action: defer }`. */
export function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(
      ([key, inner]) => `${flowText(key)}: ${flowText(inner)}`,
    );
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  const style = { collectionStyle: 'flow', flowCollectionPadding: false } as const;
  // As an item of a list: inside brackets more needs quotes.
  return stringify([value], { ...style, lineWidth: 0, singleQuote: true })
    .trim()
    .slice(1, -1);
}
