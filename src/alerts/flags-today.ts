import { dayOf } from '../baseline/ledger.ts';

/** Counts of one alias on one UTC day; `tag` and `quarantine` are campaigns, as budgets count them. */
export type AliasFlags = {
  readonly watched: number;
  readonly tag: number;
  readonly quarantine: number;
};

export type FlagsOfDay = {
  readonly day: number;
  readonly aliases: ReadonlyMap<string, AliasFlags>;
};

export type FlagsToday = {
  readonly add: (at: Date, alias: string, counts: AliasFlags) => void;
  readonly of: (at: Date) => FlagsOfDay;
  /** Messages that were held in the hour before. */
  readonly heldLastHour: (at: Date) => number;
  /** Counts one that is to be held now, where fewer than `most` were in the hour before; null for no bound. */
  readonly hold: (at: Date, most: number | null) => boolean;
};

const hourMs = 3_600_000;
/** Held messages of an hour that are remembered one by one. */
const maxHeld = 2_000_000;

/** What each alias had today, for people who ask; in this process only. */
export function createFlagsToday(): FlagsToday {
  let day = -1;
  let aliases = new Map<string, AliasFlags>();
  let heldAt: number[] = [];
  const heldLastHour = (at: Date): number => {
    heldAt = heldAt.filter((ms) => Math.abs(at.getTime() - ms) <= hourMs);
    return heldAt.length;
  };
  return {
    add: (at, alias, { watched, tag, quarantine }) => {
      if (dayOf(at) !== day) {
        day = dayOf(at);
        aliases = new Map();
      }
      const before = aliases.get(alias) ?? { watched: 0, tag: 0, quarantine: 0 };
      aliases.set(alias, {
        watched: before.watched + watched,
        tag: before.tag + tag,
        quarantine: before.quarantine + quarantine,
      });
    },
    of: (at) => ({ day: dayOf(at), aliases: dayOf(at) === day ? aliases : new Map() }),
    hold: (at, most) => {
      if (most !== null && heldLastHour(at) >= most) return false;
      heldAt.push(at.getTime());
      if (heldAt.length > maxHeld) heldAt = heldAt.slice(-maxHeld / 2);
      return true;
    },
    heldLastHour,
  };
}
