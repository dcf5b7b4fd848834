import type { Registry } from 'prom-client';
import type { Verdict } from '../decision/decision.ts';
import { gauge } from './instruments.ts';

/** What is known of one alias's history, as read now and then. */
export type BaselineFacts = {
  readonly alias: string;
  /** Matured messages, and days with mail among them. */
  readonly messages: number;
  readonly days: number;
  readonly isMature: boolean;
  /** Null before the first. */
  readonly firstLearnedAt: Date | null;
  readonly lastLearnedAt: Date | null;
  readonly lastSeenAt: Date | null;
  /** Null where too little is known. */
  readonly usualSilenceDays: number | null;
};

/** Mail that only claims to be of an alias says nothing of when that wrote. */
const claims: readonly Verdict[] = ['impersonation', 'unverified', 'unwatched'];
const daySeconds = 86_400;

/** How old and how good the baselines are, and which alias has stopped writing. `labelOf` gives null past the bound on labels. */
export function baselineMetrics(registry: Registry, labelOf: (alias: string) => string | null) {
  const byAlias = (name: string, help: string) => gauge(registry, name, help, 'alias');
  const messages = byAlias('baseline_messages', 'Matured messages in the baseline of an alias');
  const days = byAlias('baseline_mail_days', 'Matured days with mail in the baseline of an alias');
  const mature = byAlias(
    'baseline_mature',
    '1 where the baseline of an alias is long enough to hold mail by',
  );
  const firstLearned = byAlias(
    'baseline_first_learned_timestamp_seconds',
    'First day in the baseline of an alias, Unix time',
  );
  const lastLearned = byAlias(
    'baseline_last_learned_timestamp_seconds',
    'Last day on which something of an alias was learned, Unix time',
  );
  const lastSeen = byAlias(
    'alias_last_seen_timestamp_seconds',
    'When an alias last wrote, Unix time; right after a start up to three days behind',
  );
  const usualSilence = byAlias(
    'alias_usual_silence_seconds',
    'Longest silence of an alias that its last 60 days explain; none where too little is known',
  );
  const seenAtSeconds = new Map<string, number>();
  const seen = (alias: string, at: Date) => {
    const seconds = Math.max(seenAtSeconds.get(alias) ?? 0, at.getTime() / 1000);
    seenAtSeconds.set(alias, seconds);
    lastSeen.set({ alias }, seconds);
  };
  return {
    /** All that were read, in place of those before. */
    baselinesRead: (read: readonly BaselineFacts[]) => {
      for (const old of [messages, days, mature, firstLearned, lastLearned, usualSilence])
        old.reset();
      for (const facts of read) {
        const alias = labelOf(facts.alias);
        if (alias === null) continue;
        messages.set({ alias }, facts.messages);
        days.set({ alias }, facts.days);
        mature.set({ alias }, facts.isMature ? 1 : 0);
        if (facts.firstLearnedAt !== null)
          firstLearned.set({ alias }, facts.firstLearnedAt.getTime() / 1000);
        if (facts.lastLearnedAt !== null)
          lastLearned.set({ alias }, facts.lastLearnedAt.getTime() / 1000);
        if (facts.lastSeenAt !== null) seen(alias, facts.lastSeenAt);
        if (facts.usualSilenceDays !== null)
          usualSilence.set({ alias }, facts.usualSilenceDays * daySeconds);
      }
    },
    aliasWrote: (alias: string, verdict: Verdict, at: Date) => {
      const label = labelOf(alias);
      if (label !== null && !claims.includes(verdict)) seen(label, at);
    },
  };
}
