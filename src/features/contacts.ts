import { contactPointsOf } from '../message/contact-points.ts';
import { attachmentNames } from './attachments.ts';
import type { Sighting } from './features.ts';
import type { MessageView } from './message-view.ts';

/** Telephone numbers and wallets anywhere a person reads: subject, display name, body, attachments. */
export function contactSightings(view: MessageView): readonly Sighting[] {
  const slots = [
    { place: 'the subject', text: view.foldedSubject },
    { place: 'the display name', text: view.foldedName },
    { place: 'the body', text: view.foldedBody },
    ...view.attachments.map(({ kind, folded }) => ({ place: attachmentNames[kind], text: folded })),
  ];
  const seen = new Map<string, Sighting>();
  for (const { place, text } of slots) {
    for (const { kind, value, shown } of contactPointsOf(text)) {
      if (!seen.has(value))
        seen.set(value, {
          signal: kind,
          table: 'contact',
          value,
          shown: `${kind} ${shown} in ${place}`,
        });
    }
  }
  return [...seen.values()].slice(0, 40);
}
