import { contactPointsOf } from '../message/contact-points.ts';
import { hidesInsideWord, mixesScripts, wordsOf } from '../message/fold.ts';
import { hasAmount } from './amounts.ts';
import { attachmentNames, type AttachmentView } from './attachments.ts';
import type { Sighting } from './features.ts';
import { greetingOf } from './greeting.ts';
import { lureHits } from './lure-words.ts';
import type { MessageView } from './message-view.ts';

/** What a piece of text can hold that a vendor's own wording rarely does. Names are stored and shown. */
const classNames = {
  phone: 'a telephone number',
  wallet: 'a wallet address',
  currency: 'an amount of money',
  address: 'a web or mail address',
  hidden: 'invisible characters inside a word',
  scripts: 'letters of several scripts in one word',
  gap: 'a wide gap',
  markup: 'HTML tags written as text',
  emoji: 'emoji',
  lure: 'several lure words',
  long: 'far more than a name',
} as const;

type ClassName = keyof typeof classNames;

/** Lure bits from which a slot "speaks like a lure": names are short and rarely say anything. */
const lureSlotBits = { subject: 9, name: 5, greeting: 6, attachment: 14 };

/** Words of a greeting beyond which it is no longer a name. */
const longestGreeting = 14;

/** Classes of each slot: one table per slot, learned per alias (measured C4). */
export function slotClassSightings(view: MessageView): readonly Sighting[] {
  return [
    ...subjectClasses(view),
    ...nameClasses(view),
    ...greetingClasses(view),
    ...bodyClasses(view).map((found) => sighting('body-class', found, 'the body')),
    ...view.attachments.flatMap((attachment) => attachmentClasses(view, attachment)),
  ];
}

function subjectClasses(view: MessageView): readonly Sighting[] {
  const classes = [
    ...shortSlotClasses(view.message.subject, view.foldedSubject),
    ...lureClass(view, view.foldedSubject, lureSlotBits.subject),
  ];
  return classes.map((found) => sighting('subject-class', found, 'the subject'));
}

function nameClasses(view: MessageView): readonly Sighting[] {
  const classes = [
    ...shortSlotClasses(view.displayName, view.foldedName),
    ...lureClass(view, view.foldedName, lureSlotBits.name),
  ];
  return classes.map((found) => sighting('display-name-class', found, 'the display name'));
}

/** "Dear …,": the account's own name, and so whatever its owner wrote there. */
function greetingClasses(view: MessageView): readonly Sighting[] {
  const greeting = greetingOf(view);
  if (greeting === null) return [];
  const isLong = wordsOf(greeting, longestGreeting + 1).length > longestGreeting;
  const classes = [
    ...shortSlotClasses(greeting, greeting),
    ...(isLong ? (['long'] as const) : []),
    ...lureClass(view, greeting, lureSlotBits.greeting),
  ];
  return classes.map((found) => sighting('greeting-class', found, 'the greeting'));
}

/** That an alias sends such attachments at all, and what stands in them. */
function attachmentClasses(
  view: MessageView,
  { kind, text, folded }: AttachmentView,
): readonly Sighting[] {
  const place = attachmentNames[kind];
  const classes = [
    ...shortSlotClasses(text, folded),
    ...lureClass(view, folded, lureSlotBits.attachment),
  ];
  const found = [
    { value: kind as string, shown: place },
    ...classes.map((name) => ({
      value: `${kind} ${name}`,
      shown: `${classNames[name]} in ${place}`,
    })),
  ];
  return found.map((entry) => ({
    signal: 'attachment-class',
    table: 'attachment-class',
    ...entry,
  }));
}

function sighting(
  slot: 'subject-class' | 'display-name-class' | 'greeting-class' | 'body-class',
  found: ClassName,
  place: string,
): Sighting {
  return { signal: slot, table: slot, value: found, shown: `${classNames[found]} in ${place}` };
}

function shortSlotClasses(text: string, folded: string): readonly ClassName[] {
  const kinds = new Set(contactPointsOf(folded).map((point) => point.kind));
  return [
    ...kinds,
    ...(hasAmount(folded) ? (['currency'] as const) : []),
    ...(/https?:\/\/|@[\w-]+\.\w/.test(folded) ? (['address'] as const) : []),
    ...(/ {8,}|\t{3,}/.test(text) ? (['gap'] as const) : []),
    ...textClasses(text),
  ];
}

/** Phone, address and domain in the body are signals of their own; here they would count twice. */
function bodyClasses(view: MessageView): readonly ClassName[] {
  const text = view.sentences.map((sentence) => sentence.text).join('\n');
  return [...(hasAmount(view.foldedBody) ? (['currency'] as const) : []), ...textClasses(text)];
}

function textClasses(text: string): readonly ClassName[] {
  return [
    ...(hidesInsideWord(text) ? (['hidden'] as const) : []),
    ...(mixesScripts(text) ? (['scripts'] as const) : []),
    ...(/<\/?(?:a|div|span|p|br|h[1-6]|img|table|td|b|font)\b[^<>]{0,200}>/i.test(text)
      ? (['markup'] as const)
      : []),
    ...(/(?![©®™])\p{Extended_Pictographic}/u.test(text) ? (['emoji'] as const) : []),
  ];
}

function lureClass(view: MessageView, folded: string, atLeastBits: number): readonly ClassName[] {
  const { hits } = lureHits(folded, view.lists, view.languages);
  const distinct = new Map(hits.map(({ word, weightBits }) => [word, weightBits]));
  const bits = [...distinct.values()].reduce((sum, weight) => sum + weight, 0);
  return bits >= atLeastBits ? ['lure'] : [];
}
