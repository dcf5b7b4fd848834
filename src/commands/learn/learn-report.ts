import { renderTable, type Column } from '../text-table.ts';
import type { Collected } from './collect-mail.ts';
import type { AliasCounts, LearnedMail, Outcome } from './learn-mail.ts';
import type { OutboundCounts } from './learn-outbound.ts';

export type Learned = {
  /** Everything the archives hold. */
  readonly messages: number;
  readonly learned: number;
  readonly skipped: {
    readonly notWatched: number;
    readonly notAuthenticated: number;
    readonly flagged: number;
    readonly unreadable: number;
    /** An earlier run into the same store has seen to them. */
    readonly doneBefore: number;
  };
  readonly aliases: readonly AliasCounts[];
  /** What sent mail taught; null where none was given. */
  readonly outbound: OutboundCounts | null;
  /** Without its password. */
  readonly store: string;
  /** Time for analysing and learning. */
  readonly seconds: number;
};

export function summary(
  { messages, notWatched, unreadable }: Collected,
  { aliases, doneBefore }: LearnedMail,
): Omit<Learned, 'outbound' | 'store' | 'seconds'> {
  const sum = (outcome: Outcome) => aliases.reduce((total, counts) => total + counts[outcome], 0);
  return {
    messages,
    learned: sum('learned'),
    skipped: {
      notWatched,
      notAuthenticated: sum('notAuthenticated'),
      flagged: sum('flagged'),
      unreadable: unreadable + sum('unreadable'),
      doneBefore,
    },
    aliases,
  };
}

export function learnJson(learned: Learned): object {
  const { outbound, ...inbound } = learned;
  const seconds = Math.round(learned.seconds * 1000) / 1000;
  return {
    ...inbound,
    ...(outbound === null ? {} : { outbound }),
    seconds,
    messagesPerSecond: messagesPerSecond(learned),
  };
}

export function learnText(learned: Learned): string {
  const { outbound, messages } = learned;
  if (outbound === null) return inboundText(learned);
  const sent = `sent mail: ${outbound.correspondents} correspondents in ${outbound.messages} messages\n`;
  return messages === 0 ? sent : `${inboundText(learned)}${sent}`;
}

function inboundText(learned: Learned): string {
  const { messages, skipped, aliases, store, seconds } = learned;
  const summary = `learned ${learned.learned} of ${messages} messages into ${store} in ${seconds.toFixed(1)} s (${messagesPerSecond(learned)} messages/s)\n`;
  const { notWatched, notAuthenticated, flagged, unreadable, doneBefore } = skipped;
  const left = `skipped: ${notWatched} not watched, ${notAuthenticated} not authenticated, ${flagged} flagged, ${unreadable} unreadable${doneBefore > 0 ? `, ${doneBefore} done before` : ''}\n`;
  const hint =
    notWatched === messages
      ? 'none of them is from a watched alias: watch more in policy.yaml, or every From address with --watch-all\n'
      : '';
  if (aliases.length === 0) return summary + left + hint;
  const rows = aliases.map((counts) => [
    counts.alias,
    ...[
      counts.messages,
      counts.learned,
      counts.flagged,
      counts.notAuthenticated,
      counts.unreadable,
    ].map(String),
  ]);
  return `${renderTable(columns, rows)}\n${summary}${left}${hint}`;
}

const columns: readonly Column[] = [
  { heading: 'alias' },
  ...['messages', 'learned', 'flagged', 'not authenticated', 'unreadable'].map(
    (heading) => ({ heading, align: 'right' }) as const,
  ),
];

/** Analysed messages: those that were only read past cost next to nothing. */
function messagesPerSecond({ aliases, seconds }: Learned): number {
  const analysed = aliases.reduce((sum, { messages }) => sum + messages, 0);
  return seconds === 0 ? 0 : Math.round(analysed / seconds);
}
