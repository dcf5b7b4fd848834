import * as z from 'zod';
import { breakerCauses } from '../decision/breaker.ts';

const count = z.number().nonnegative();

const opening = z.object({
  cause: z.enum(breakerCauses),
  reason: z.string(),
  /** ISO 8601. */
  since: z.string(),
  /** The set of rules whose mail alone is tagged; null where it is all mail. */
  ruleset: z.string().nullable(),
});

const used = z.object({ used: count, allowed: count });

const today = z.object({
  /** Days since 1970, UTC. */
  day: z.number().int(),
  watched: count,
  /** Of a whole day such as the last ones; null before one has been counted. */
  usualWatched: count.nullable(),
  tag: used,
  quarantine: used,
  /** The busiest first. */
  aliases: z.array(z.object({ alias: z.string(), watched: count, tag: count, quarantine: count })),
});

const processStatus = z.object({
  host: z.string(),
  /** Of its own, 8 hex digits: several may run on a host. */
  process: z.string(),
  /** Id of the directory or bucket that it holds mail in; null where it did not say. */
  quarantine: z.string().nullable().default(null),
  /** ISO 8601. */
  startedAt: z.string(),
  seenAt: z.string(),
  ruleset: z.string(),
  candidate: z.string().nullable(),
  openings: z.array(opening),
  /** Sets that are held against the one before them. */
  compared: z.array(
    z.object({
      ruleset: z.string(),
      previous: z.string(),
      judged: count,
      graver: count,
      heldOnly: count,
      isTrusted: z.boolean(),
    }),
  ),
  today,
  heldLastHour: count,
  /** Null where nothing caps it. */
  maxHeldPerHour: count.nullable(),
  refusedReloads: count,
});

/** What a running `serve` says of itself every few seconds. */
export type ProcessStatus = z.output<typeof processStatus>;
export type StatusOpening = z.output<typeof opening>;

/** Null for what another version wrote and this one does not understand. */
export function readProcessStatus(text: string): ProcessStatus | null {
  try {
    return processStatus.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
