import { stringify } from 'yaml';
import { formatPath } from './rule-problem.ts';

/** More of what somebody wrote is not repeated. */
const maxShown = 200;

/**
 * How to write now what keys that are gone from `policy.yaml` said, or null for any other key. Each became an entry of
 * `overrides`.
 */
export function formerKeyHint(path: readonly PropertyKey[], value: unknown): string | null {
  switch (formatPath(path)) {
    case 'recipientDomains':
      return written(entriesOf(value).map(({ domains, ...set }) => ofDomains(domains, set)));
    case 'warning.recipientDomains':
      return written(
        entriesOf(value).map(({ domains, ...warning }) => ofDomains(domains, { warning })),
      );
    case 'limits.aliases':
      return written(
        Object.entries(isMapping(value) ? value : {}).map(([alias, limits]) => ({
          for: { alias },
          set: { limits },
        })),
      );
    default:
      return null;
  }
}

function ofDomains(domains: unknown, set: object) {
  return { for: { recipientDomains: domains }, set };
}

function written(overrides: readonly object[]): string {
  if (overrides.length === 0) return 'remove it: `overrides` took its place';
  const flow = stringify({ overrides }, { collectionStyle: 'flow', lineWidth: 0 }).trim();
  const text = flow.slice(2, -2); // without the braces of the document
  return text.length > maxShown
    ? `every entry is one of \`overrides\` now, such as \`${text.slice(0, maxShown)}…`
    : `write \`${text}\``;
}

function entriesOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isMapping) : [];
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
