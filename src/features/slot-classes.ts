import { contactPointsOf } from '../message/contact-points.ts';
import { hidesInsideWord, mixesScripts } from '../message/fold.ts';
import type { Sighting } from './features.ts';
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
} as const;

type ClassName = keyof typeof classNames;

/** Classes of subject and display name: one table per slot, learned per alias (measured C4). */
export function slotClassSightings(view: MessageView): readonly Sighting[] {
  const subject = [
    ...shortSlotClasses(view.message.subject, view.foldedSubject),
    ...lureClass(view, view.foldedSubject, 3),
  ];
  const name = [
    ...shortSlotClasses(view.displayName, view.foldedName),
    ...lureClass(view, view.foldedName, 2),
  ];
  return [
    ...subject.map((found) => sighting('subject-class', found, 'the subject')),
    ...name.map((found) => sighting('display-name-class', found, 'the display name')),
    ...bodyClasses(view).map((found) => sighting('body-class', found, 'the body')),
  ];
}

function sighting(
  slot: 'subject-class' | 'display-name-class' | 'body-class',
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
  return [
    ...(hasAmount(view.foldedBody) ? (['currency'] as const) : []),
    ...textClasses(text),
    ...lureClass(view, view.foldedBody, 6),
  ];
}

function textClasses(text: string): readonly ClassName[] {
  return [
    ...(hidesInsideWord(text) ? (['hidden'] as const) : []),
    ...(mixesScripts(text) ? (['scripts'] as const) : []),
    ...(/<\/?(?:a|div|span|p|br|h[1-6]|img|table|td|b|font)\b[^<>]{0,200}>/i.test(text)
      ? (['markup'] as const)
      : []),
    ...(/\p{Extended_Pictographic}/u.test(text.replace(/[©®™]/g, '')) ? (['emoji'] as const) : []),
  ];
}

function lureClass(view: MessageView, folded: string, atLeast: number): readonly ClassName[] {
  const words = new Set(lureHits(folded, view.lists).hits.map((hit) => hit.word));
  return words.size >= atLeast ? ['lure'] : [];
}

function hasAmount(folded: string): boolean {
  return /(?:[$€£¥₹]|\b(?:usd|eur|gbp|aud|cad|inr|brl|chf)\b)\s{0,2}\d|\d[\d.,]{0,12}\s{0,2}(?:[$€£¥₹]|(?:usd|eur|gbp|aud|cad|inr|brl|chf|dollars?|euros?)\b)|\b\d{1,3}(?:,\d{3})*\.\d{2}\b/i.test(
    folded,
  );
}
