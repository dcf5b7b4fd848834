import type { AuthenticationResults } from '../authentication/results.ts';
import { foldText } from '../message/fold.ts';
import { linksOf, organizationOf, type Link } from '../message/links.ts';
import { domainOf } from '../message/mailbox.ts';
import type { Message } from '../message/message.ts';
import { sentencesOf } from '../message/sentences.ts';
import type { Transaction } from '../smtp/transaction.ts';
import type { Pseudonym } from './hash.ts';
import type { Lists } from './lists.ts';

/** Text read for features; more than any notification, little enough for the message path. */
const maxFoldedLength = 200_000;

export type FeatureInput = {
  readonly transaction: Transaction;
  readonly message: Message;
  readonly authentication: AuthenticationResults;
  readonly lists: Lists;
  readonly pseudonym: Pseudonym;
  /** The address that selected the alias. */
  readonly address: string;
};

/** What several feature files need, worked out once per message. */
export type MessageView = FeatureInput & {
  /** Registrable domain of the From address: the vendor's own, never news. */
  readonly ownDomain: string;
  readonly displayName: string;
  readonly foldedSubject: string;
  readonly foldedName: string;
  readonly sentences: readonly { readonly text: string; readonly folded: string }[];
  /** All sentences, folded, one per line. */
  readonly foldedBody: string;
  readonly links: readonly Link[];
};

export function viewMessage(input: FeatureInput): MessageView {
  const { message, address } = input;
  const displayName = message.from.find((mailbox) => mailbox.address === address)?.name ?? '';
  const sentences: { text: string; folded: string }[] = [];
  let length = 0;
  for (const text of sentencesOf([...(message.html?.blocks ?? []), ...message.textBlocks])) {
    if (length > maxFoldedLength) break;
    const folded = foldText(text.slice(0, 5000));
    length += folded.length;
    sentences.push({ text, folded });
  }
  return {
    ...input,
    ownDomain: organizationOf(domainOf(address)),
    displayName,
    foldedSubject: foldText(message.subject),
    foldedName: foldText(displayName),
    sentences,
    foldedBody: sentences.map(({ folded }) => folded).join('\n'),
    links: linksOf(
      message.html?.links ?? [],
      sentences.map(({ text }) => text),
    ),
  };
}
