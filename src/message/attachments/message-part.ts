import type { AttachmentText } from '../attachment-text.ts';

/** A MIME part that is not the text of the message, decoded; its end may be cut off. */
export type MessagePart = {
  /** Lower case, without parameters, as the sender says. */
  readonly contentType: string;
  readonly filename: string | null;
  /** As the sender says; null where nothing is said. */
  readonly charset: string | null;
  readonly content: Uint8Array;
};

/** Reads what parts say. Never throws and never hangs: what cannot be read is absent. */
export type ReadAttachments = (parts: readonly MessagePart[]) => Promise<readonly AttachmentText[]>;
