import { contactPointsOf } from '../message/contact-points.ts';
import { namesAmount } from './amounts.ts';
import { attachmentNames } from './attachments.ts';
import type { ContactContext, Sighting } from './features.ts';
import { lureHits } from './lure-words.ts';
import { blockEnd, type MessageView } from './message-view.ts';

const maxContacts = 40;

/** Characters around a telephone number that say what it is for. */
const contextLength = { before: 160, after: 60 };

export type Contacts = {
  readonly sightings: readonly Sighting[];
  /** What is said around each telephone number. */
  readonly contexts: readonly ContactContext[];
};

/** Telephone numbers and wallets anywhere a person reads: subject, display name, body, attachments. */
export function contactsOf(view: MessageView): Contacts {
  const slots = [
    { place: 'the subject', text: view.foldedSubject },
    { place: 'the display name', text: view.foldedName },
    { place: 'the body', text: view.foldedBody },
    ...view.attachments.map(({ kind, folded }) => ({ place: attachmentNames[kind], text: folded })),
  ];
  const sightings = new Map<string, Sighting>();
  const contexts: ContactContext[] = [];
  for (const { place, text } of slots) {
    for (const { kind, value, shown, index } of contactPointsOf(text)) {
      if (sightings.has(value) || sightings.size >= maxContacts) continue;
      const said = `${kind} ${shown} in ${place}`;
      sightings.set(value, { signal: kind, table: 'contact', value, shown: said });
      if (kind === 'phone') contexts.push({ value, ...contextOf(text, index, view) });
    }
  }
  return { sightings: [...sightings.values()], contexts };
}

function contextOf(text: string, index: number, { lists, languages }: MessageView) {
  const around = text.slice(Math.max(0, index - contextLength.before), index + contextLength.after);
  const place = Math.min(index, contextLength.before);
  return {
    ...lureHits(around, lists, languages),
    namesAmount: namesAmount(paragraphAt(around, place)),
  };
}

/** What one person wrote: an invoice names its total elsewhere, whatever a merchant's note says. */
function paragraphAt(text: string, place: number): string {
  const start = text.lastIndexOf(blockEnd, place);
  const end = text.indexOf(blockEnd, place);
  return text.slice(start < 0 ? 0 : start, end < 0 ? text.length : end);
}
