/**
 * `held`: mail was held; `expiring`: its time runs out; `request`, `report`: what a recipient said by a link; `attack`:
 * mail that was delivered turned out to be one.
 */
export const noticeKinds = ['held', 'expiring', 'request', 'report', 'attack'] as const;
export type NoticeKind = (typeof noticeKinds)[number];

export type Audience = 'recipient' | 'admin';

/** Somebody who is told. */
export type Addressee = { readonly address: string; readonly audience: Audience };

/** What is told of mail that we do not hold: the message is gone, so it is kept until it is told. */
export type DeliveredMail = {
  /** ISO 8601. */
  readonly at: string;
  readonly alias: string;
  readonly from: string;
  readonly subject: string;
  readonly recipients: readonly string[];
};

/** One message (or campaign) in a notice. Whatever comes from the message is as it was: hostile. */
export type NoticeEntry = {
  readonly id: string;
  /** When it was held, or for `attack` delivered. */
  readonly heldAt: Date;
  readonly from: string;
  readonly subject: string;
  readonly reason: string;
  readonly alias: string;
  /** Messages like it that this notice tells of, itself included. */
  readonly count: number;
  /** For an administrator: whose mail it is, or who asked. Empty for a recipient: others are none of its business. */
  readonly recipients: readonly string[];
  /** Null where there are none: `publicUrl` is not set, or it goes to an administrator. */
  readonly links: { readonly release: string; readonly report: string } | null;
};

/** Everything that a notice says, before it is put into words. */
export type Notice = {
  readonly kind: NoticeKind;
  readonly to: Addressee;
  readonly entries: readonly NoticeEntry[];
  /** Messages in all, those without an entry included. */
  readonly total: number;
  /** When held mail expires and what happens then; for `expiring`. */
  readonly expiry: { readonly at: Date; readonly action: 'release-tagged' | 'delete' } | null;
  readonly linksUntil: Date | null;
  /** With angle brackets. */
  readonly messageId: string;
  readonly date: Date;
  readonly from: { readonly name: string; readonly address: string };
  readonly host: string;
  readonly contactUrl: string;
  /** Of the text of the release link: whether it asks or releases. */
  readonly recipientRelease: 'request' | 'release';
};
