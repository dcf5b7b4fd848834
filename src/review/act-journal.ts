import { oneLine } from '../message/one-line.ts';
import { newTransactionId, timeOfId } from '../smtp/transaction-id.ts';
import type { ApprovalRecord } from './approval-record.ts';
import type { Act, Effect, PageRequest, Reviewer } from './review.ts';
import type { ReviewStore, StoredRecord } from './review-store.ts';

/** What only taking it back needs to know. */
export type ActTraces = {
  /** The approval that an approval replaced. */
  readonly replaced?: ApprovalRecord | null;
  /** What it set out to reach, as long as it has no effects: an act that broke off is taken back as far as it came. */
  readonly reaching?: readonly string[];
};

export type JournalEntry = { readonly act: Act; readonly traces: ActTraces };

export type ActToJournal = Pick<Act, 'kind' | 'by' | 'reason' | 'subject'> &
  Pick<ActTraces, 'reaching'>;

export type ActOutcome = {
  readonly effects: readonly Effect[];
  readonly traces?: ActTraces;
  /** What an undo took back. */
  readonly undone?: Act;
};

/** Every decision of a reviewer, for good. */
export type ActJournal = {
  /**
   * Writes down that an act begins, does it, and writes down what came of it; a crash in between, or an error, leaves an
   * act without effects that can still be taken back. @throws when it cannot be written down, before anything is done.
   */
  readonly keep: (given: ActToJournal, work: (act: Act) => Promise<ActOutcome>) => Promise<Act>;
  readonly find: (id: string) => Promise<JournalEntry | null>;
  readonly markUndone: (id: string, undoneBy: string) => Promise<void>;
  /** Newest first. */
  readonly list: (page: PageRequest) => Promise<readonly Act[]>;
};

const maxReason = 500;

export function createActJournal(
  store: ReviewStore,
  now: () => Date,
  onAct: (act: Act, undone: Act | null) => void = () => undefined,
): ActJournal {
  return {
    keep: async ({ kind, by, reason, subject, reaching = [] }, work) => {
      const at = now();
      const begun: Act = {
        id: newTransactionId(at),
        kind,
        by: whole(by),
        at: at.toISOString(),
        reason: oneLine(reason, maxReason).trim(),
        subject,
        effects: [],
        undoneBy: null,
      };
      await store.put('act', [stored({ act: begun, traces: { reaching } })]);
      const { effects, traces = {}, undone = null } = await work(begun);
      const act = { ...begun, effects };
      await store.put('act', [stored({ act, traces })]);
      onAct(act, undone);
      return act;
    },
    find: async (id) => {
      const [found = null] = await store.read('act', [id]);
      return found === null ? null : entryOf(found);
    },
    markUndone: async (id, undoneBy) => {
      await store.change('act', id, (found) => {
        if (found === null) return null;
        const { act, traces } = entryOf(found);
        return stored({ act: { ...act, undoneBy }, traces });
      });
    },
    list: async ({ limit, after }) => {
      const records = await store.newest('act', {
        tag: null,
        limit,
        after: after === undefined ? null : { id: after, atMs: timeOfId(after) },
      });
      return records.map((record) => entryOf(record).act);
    },
  };
}

/** Only what is ours to keep of somebody: callers may hand on more. */
function whole({ kind, name, via }: Reviewer): Reviewer {
  return { kind, name, via };
}

function stored(entry: JournalEntry): StoredRecord {
  const { id } = entry.act;
  return { id, atMs: timeOfId(id), untilMs: null, tags: [], text: JSON.stringify(entry) };
}

function entryOf({ text }: StoredRecord): JournalEntry {
  return JSON.parse(text) as JournalEntry;
}
