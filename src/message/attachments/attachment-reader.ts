import type { AttachmentText } from '../attachment-text.ts';
import { readCalendar } from './calendar.ts';
import { chooseParts, type ChosenPart } from './chosen-parts.ts';
import type { MessagePart } from './message-part.ts';
import type { PartKind } from './part-kind.ts';
import type { PartOutcome } from './part-outcome.ts';
import {
  createReadingThread,
  defaultReadingThreadOptions,
  type PartReading,
  type ReadingThread,
  type ReadingThreadOptions,
} from './reading-thread.ts';

export type AttachmentReaderOptions = {
  readonly thread?: ReadingThreadOptions;
  /** Told once of every calendar, PDF and image. `error` says why a thread ended. */
  readonly onPart: (kind: PartKind, outcome: PartOutcome, error: unknown) => void;
};

export type AttachmentReader = AsyncDisposable & {
  /** What calendars, PDFs and QR codes say, after `limitMs` what was found by then. Never rejects. */
  readonly read: (
    parts: readonly MessagePart[],
    limitMs: number,
  ) => Promise<readonly AttachmentText[]>;
  /** Starts the thread before it is needed, which takes half a second; resolves when it is ready, or has failed. */
  readonly warm: () => Promise<void>;
};

/**
 * Reads calendars where it is called, and PDF and images in a thread of its own: decoding is heavy and its input
 * hostile, so it can be stopped at any time without a word to the message path.
 */
export function createAttachmentReader({
  thread: options = defaultReadingThreadOptions,
  onPart,
}: AttachmentReaderOptions): AttachmentReader {
  const thread = createReadingThread(options);
  return {
    read: async (parts, limitMs) => {
      const { toRead, unread } = chooseParts(parts);
      for (const { kind, outcome } of unread) onPart(kind, outcome, null);
      if (toRead.length === 0) return [];
      const signal = AbortSignal.timeout(Math.max(0, Math.floor(limitMs)));
      const texts = await Promise.all(
        toRead.map(async (chosen) => {
          const reading = await readPart(chosen, signal, thread);
          onPart(chosen.kind, outcomeOf(reading), reading.error);
          return reading.texts;
        }),
      );
      return texts.flat();
    },
    warm: thread.warm,
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}

async function readPart(
  { kind, part: { content, charset } }: ChosenPart,
  signal: AbortSignal,
  thread: ReadingThread,
): Promise<PartReading> {
  if (kind !== 'calendar') return thread.read({ kind, content }, signal);
  try {
    const text = readCalendar(content, charset);
    return { outcome: 'read', texts: text === null ? [] : [text], error: null };
  } catch (error) {
    // A mistake of ours costs the attachment, not the message.
    return { outcome: 'crash', texts: [], error };
  }
}

function outcomeOf({ outcome, texts }: PartReading): PartOutcome {
  return outcome === 'read' && texts.length === 0 ? 'empty' : outcome;
}
