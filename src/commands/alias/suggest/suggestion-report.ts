import { renderTable, type Column } from '../../text-table.ts';

import { atLeast, type Suggestion } from './suggestions.ts';

export type Suggested = {
  /** Messages read. */
  readonly messages: number;
  /** From addresses that are watched already. */
  readonly watched: number;
  /** Without a From address or a time. */
  readonly unreadable: number;
  /** Times that an address was given up for want of memory, each seen a few times by then. */
  readonly dropped: number;
  readonly suggestions: readonly Suggestion[];
  /** They look like notifications, but what was tried of them does not verify: `watch` would not help. */
  readonly notAuthenticated: readonly string[];
};

const columns: readonly Column[] = [
  { heading: 'watch' },
  ...['messages', 'days', 'recipients', 'links', 'actors', 'proved'].map(
    (heading) => ({ heading, align: 'right' }) as const,
  ),
  { heading: 'why' },
];

export function suggestionText(suggested: Suggested): string {
  const { suggestions, notAuthenticated, messages, watched, dropped, unreadable } = suggested;
  const read = `read ${messages} messages: ${watched} of watched aliases, ${unreadable} unreadable${dropped > 0 ? `, ${dropped} rare senders not kept` : ''}\n`;
  const failed =
    notAuthenticated.length === 0
      ? ''
      : `not suggested, since nothing proves them: ${notAuthenticated.join(', ')}\n`;
  if (suggestions.length === 0) return `nothing to suggest\n${read}${failed}`;
  const lines = suggestions.map(
    (suggestion) => `  - '${suggestion.watch.replaceAll("'", "''")}' # ${remark(suggestion)}\n`,
  );
  return `${renderTable(columns, suggestions.map(row))}\n${read}${failed}\nfor policy.yaml:\nwatch:\n${lines.join('')}`;
}

function row(suggestion: Suggestion): readonly string[] {
  const { watch, messages, days, recipients, links, actors, authenticated, why } = suggestion;
  return [
    watch,
    String(messages),
    String(days),
    atLeast(recipients),
    percent(links),
    actors === null ? '?' : atLeast(actors),
    percent(authenticated),
    why,
  ];
}

function remark({ messages, since, addresses, hasActorSlot }: Suggestion): string {
  const who = addresses > 1 ? ` from ${atLeast(addresses)} senders` : '';
  const slot = hasActorSlot ? '; several names share it: somebody else fills a slot' : '';
  return `${messages} messages since ${since}${who}${slot}`;
}

function percent(share: number | null): string {
  return share === null ? '?' : `${Math.round(share * 100)} %`;
}
