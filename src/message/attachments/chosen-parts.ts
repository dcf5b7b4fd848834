import { attachmentLimits } from './attachment-limits.ts';
import { imageSizeOf, judgeImageSize } from './image-size.ts';
import type { MessagePart } from './message-part.ts';
import { kindOfPart, type PartKind } from './part-kind.ts';
import type { PartOutcome } from './part-outcome.ts';

export type ChosenPart = { readonly kind: PartKind; readonly part: MessagePart };

export type ChosenParts = {
  /** What costs least first: whoever is stopped halfway has read most. */
  readonly toRead: readonly ChosenPart[];
  /** What is not looked at, and why. */
  readonly unread: readonly { readonly kind: PartKind; readonly outcome: PartOutcome }[];
};

const mostPerMessage: Readonly<Record<PartKind, number>> = {
  calendar: attachmentLimits.calendars,
  image: attachmentLimits.images,
  pdf: attachmentLimits.pdfs,
};
const cheapestFirst: readonly PartKind[] = ['calendar', 'image', 'pdf'];

/** Which parts of a message are worth reading: by their first bytes, an image's declared size, and their number. */
export function chooseParts(parts: readonly MessagePart[]): ChosenParts {
  const unread: { kind: PartKind; outcome: PartOutcome }[] = [];
  const chosen: Record<PartKind, MessagePart[]> = { calendar: [], pdf: [], image: [] };
  for (const part of parts) {
    const kind = kindOfPart(part);
    if (kind === null) continue;
    const outcome =
      unreadBecauseOfSize(kind, part) ??
      (chosen[kind].length >= mostPerMessage[kind] ? 'too-many' : null);
    if (outcome === null) chosen[kind].push(part);
    else unread.push({ kind, outcome });
  }
  const toRead = cheapestFirst.flatMap((kind) => chosen[kind].map((part) => ({ kind, part })));
  return { toRead, unread };
}

function unreadBecauseOfSize(kind: PartKind, { content }: MessagePart): PartOutcome | null {
  if (kind !== 'image') return null;
  const size = imageSizeOf(content);
  if (size === null) return 'unreadable';
  const fit = judgeImageSize(size);
  return fit === 'fit' ? null : `too-${fit}`;
}
