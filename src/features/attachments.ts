import type { AttachmentText } from '../message/attachment-text.ts';
import { foldText } from '../message/fold.ts';

/** Text of an attachment that is read for features. */
const maxFoldedLength = 100_000;

export const attachmentNames = {
  calendar: 'a calendar entry',
  pdf: 'a PDF',
  'qr-code': 'a QR code',
} as const satisfies Record<AttachmentText['kind'], string>;

/** One attachment as features read it: its text folded, its links as written. */
export type AttachmentView = {
  readonly kind: AttachmentText['kind'];
  readonly text: string;
  readonly folded: string;
  readonly links: readonly string[];
};

/** Attachments are slots: who fills an event or an invoice is rarely the vendor. */
export function viewAttachments(attachments: readonly AttachmentText[]): readonly AttachmentView[] {
  return attachments.map(({ kind, blocks, links }) => {
    const text = blocks.join('\n').slice(0, maxFoldedLength);
    return { kind, text, folded: foldText(text), links };
  });
}
