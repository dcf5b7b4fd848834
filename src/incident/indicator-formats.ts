import { randomUUID } from 'node:crypto';
import { csvText } from './csv.ts';
import type { Indicator } from './indicators.ts';

/** One line per indicator. */
export function indicatorsCsv(indicators: readonly Indicator[]): string {
  const rows = indicators.map(({ kind, value, messages, firstSeen, lastSeen }) => [
    kind,
    value,
    String(messages),
    firstSeen,
    lastSeen,
  ]);
  const head = ['kind', 'value', 'messages', 'first_seen', 'last_seen'];
  return csvText(head, rows);
}

/** STIX 2.1 indicators of what it has words for: domains, mailboxes and files; numbers are in the CSV. */
export function indicatorsStix(indicators: readonly Indicator[], at: Date): string {
  const objects = indicators.flatMap((indicator) => {
    const pattern = patternOf(indicator);
    if (pattern === null) return [];
    return {
      type: 'indicator',
      spec_version: '2.1',
      id: `indicator--${randomUUID()}`,
      created: at.toISOString(),
      modified: at.toISOString(),
      name: `${indicator.kind} ${indicator.value}`,
      description: `Seen in ${indicator.messages} messages`,
      indicator_types: ['malicious-activity'],
      pattern,
      pattern_type: 'stix',
      valid_from: indicator.firstSeen,
    };
  });
  return `${JSON.stringify({ type: 'bundle', id: `bundle--${randomUUID()}`, objects }, null, 2)}\n`;
}

function patternOf({ kind, value }: Indicator): string | null {
  // STIX patterning §4.1: a backslash and a quote are escaped.
  const text = `'${value.replace(/[\\']/g, '\\$&')}'`;
  switch (kind) {
    case 'domain':
      return `[domain-name:value = ${text}]`;
    case 'reply-to':
      return `[email-addr:value = ${text}]`;
    case 'message-sha256':
    case 'attachment-sha256':
      return `[file:hashes.'SHA-256' = ${text}]`;
    case 'phone':
    case 'wallet':
      return null;
  }
}
