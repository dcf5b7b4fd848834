/** What one attachment says to its reader; every part bounded. */
export type AttachmentText = {
  readonly kind: 'calendar' | 'pdf' | 'qr-code';
  /** Visible text, in paragraphs. */
  readonly blocks: readonly string[];
  /** Link targets as written. */
  readonly links: readonly string[];
};
