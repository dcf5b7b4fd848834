import type { Alias } from '../alias/alias.ts';
import type { AuthenticationResults } from '../authentication/results.ts';
import { foldText, wordsOf } from '../message/fold.ts';
import { linksOf, organizationOf, type Link } from '../message/links.ts';
import { domainOf } from '../message/mailbox.ts';
import { oncePerText } from '../once-per.ts';
import type { Message } from '../message/message.ts';
import { sentencesByBlock } from '../message/sentences.ts';
import type { Transaction } from '../smtp/transaction.ts';
import { viewAttachments, type AttachmentView } from './attachments.ts';
import type { Pseudonym } from './hash.ts';
import { languagesOf } from './language.ts';
import { foreignBareDomains, foreignLinkDomains } from './links.ts';
import type { Lists } from './lists.ts';

/** Text read for features; more than any notification, little enough for the message path. */
const maxFoldedLength = 200_000;

/** What stands between two paragraphs of a folded body. */
export const blockEnd = '\n\n';

/** More than the text that is read holds of running words. */
const maxBodyWords = 40_000;
/** Words by which the languages are told. */
const maxSubjectWords = 60;
const maxLanguageWords = 1000;

export type FeatureInput = {
  readonly transaction: Transaction;
  readonly message: Message;
  readonly authentication: AuthenticationResults;
  readonly lists: Lists;
  readonly pseudonym: Pseudonym;
  /** The address that selected the alias. */
  readonly address: string;
  /** The alias itself, where it matters who fills its slots. */
  readonly alias?: Alias;
};

export type Sentence = {
  readonly text: string;
  readonly folded: string;
  /** Of `folded`, in order. */
  readonly words: readonly string[];
};

/** What several feature files need, worked out once per message. */
export type MessageView = FeatureInput & {
  /** Registrable domain of the From address: the vendor's own, never news. */
  readonly ownDomain: string;
  readonly displayName: string;
  readonly foldedSubject: string;
  readonly foldedName: string;
  readonly sentences: readonly Sentence[];
  /** All sentences, folded, one per line, an empty line between blocks (`blockEnd`). */
  readonly foldedBody: string;
  /** Its words in order, at most 40,000. */
  readonly bodyWords: readonly string[];
  /** Languages of subject and body together, the best fit first; possibly none. */
  readonly languages: readonly string[];
  /** Languages of the body alone. */
  readonly bodyLanguages: readonly string[];
  /** Of the body and of attachments. */
  readonly links: readonly Link[];
  readonly attachments: readonly AttachmentView[];
  /** Subject, body and attachments, folded. */
  readonly writtenText: string;
  /** Registrable domains of links, and those spelled out in text, away from the vendor's own. */
  readonly linkDomains: readonly string[];
  readonly bareDomains: readonly string[];
};

export function viewMessage(input: FeatureInput): MessageView {
  const { message, address } = input;
  const displayName = message.from.find((mailbox) => mailbox.address === address)?.name ?? '';
  const sentences: (Sentence & { readonly block: number })[] = [];
  let length = 0;
  for (const { text, block } of sentencesByBlock([
    ...(message.html?.blocks ?? []),
    ...message.textBlocks,
  ])) {
    if (length > maxFoldedLength) break;
    const sentence = sentenceOf(text);
    length += sentence.folded.length;
    sentences.push({ ...sentence, block });
  }
  const foldedSubject = foldText(message.subject);
  const foldedBody = sentences
    .map(({ folded, block }, index) => {
      const previous = sentences[index - 1];
      if (previous === undefined) return folded;
      return `${previous.block === block ? '\n' : blockEnd}${folded}`;
    })
    .join('');
  const bodyWords = sentences.flatMap(({ words }) => words).slice(0, maxBodyWords);
  const attachments = viewAttachments(message.attachments);
  const ownDomain = organizationOf(domainOf(address));
  const links = linksOf(
    [...(message.html?.links ?? []), ...attachments.flatMap((attachment) => attachment.links)],
    [...sentences, ...attachments].map(({ text }) => text),
  );
  const writtenText = [foldedSubject, foldedBody, ...attachments.map(({ folded }) => folded)].join(
    '\n',
  );
  return {
    ...input,
    ownDomain,
    displayName,
    foldedSubject,
    foldedName: foldText(displayName),
    sentences,
    foldedBody,
    bodyWords,
    ...messageLanguages(foldedSubject, bodyWords, input.lists),
    links,
    attachments,
    writtenText,
    linkDomains: foreignLinkDomains({ links, ownDomain }),
    bareDomains: foreignBareDomains(writtenText, ownDomain),
  };
}

/** Most sentences of an alias stand in all of its messages. Some characters fold to eighteen. */
const sentenceOf = oncePerText(
  2000,
  (text): Sentence => {
    const folded = foldText(text);
    return { text, folded, words: wordsOf(folded, maxBodyWords) };
  },
  ({ text, folded }) => folded.length <= 2 * text.length,
);

/** A subject that speaks a language of its own is heard beside a long body: that is where lures are put. */
function messageLanguages(
  subject: string,
  body: readonly string[],
  lists: Lists,
): Pick<MessageView, 'languages' | 'bodyLanguages'> {
  const subjectWords = wordsOf(subject, maxSubjectWords);
  const bodyWords = body.slice(0, maxLanguageWords);
  const whole = languagesOf([...subjectWords, ...bodyWords], lists);
  // Only its best: a few words vote by chance for a second language as well.
  const own = languagesOf(subjectWords, lists).slice(0, 1);
  return {
    languages: [...new Set([...whole, ...own])],
    bodyLanguages: languagesOf(bodyWords, lists),
  };
}
