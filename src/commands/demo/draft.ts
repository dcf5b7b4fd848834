/** One mail as a vendor's system composes it, before it is addressed and signed. */
export type Draft = {
  /** Display name in From. */
  readonly fromName: string;
  /** Null: no Reply-To field. */
  readonly replyTo: { readonly name: string; readonly address: string } | null;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
};
