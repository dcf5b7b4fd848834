import { tenantOf } from '../alias/tenant.ts';
import { noLanguage, type Sighting } from './features.ts';
import { valueHash } from './hash.ts';
import { replyToIdentities } from './links.ts';
import type { MessageView } from './message-view.ts';

/** Reply-To away from the vendor's own domain (RFC 5322 §3.6.2): where an answer would go. */
export function replyToSightings(view: MessageView): readonly Sighting[] {
  return replyToIdentities(view).map((value) => ({
    signal: 'reply-to',
    table: 'reply-to',
    value,
    shown: `answers go to ${value}`,
  }));
}

/** The display name as a whole; digits masked, so that numbered names are one. */
export function displayNameSightings(view: MessageView): readonly Sighting[] {
  const value = valueHash(view.foldedName.toLowerCase().replace(/\d+/g, '#'));
  return [
    {
      signal: 'display-name',
      table: 'display-name',
      value,
      shown: `the display name "${view.displayName.slice(0, 60)}"`,
    },
  ];
}

/** The set of tags and classes of the HTML (or its absence): template identity that survives newsletters (measured C7). */
export function layoutSightings(view: MessageView): readonly Sighting[] {
  const tags = view.message.html?.tags ?? ['text'];
  return [
    {
      signal: 'layout',
      table: 'layout',
      value: valueHash(tags.join(' ')),
      shown: `a layout of ${tags.length} kinds of tags`,
    },
  ];
}

/** Every language that the body is in; a subject is too short, and a slot as a whole. */
export function languageSightings(view: MessageView): readonly Sighting[] {
  const { bodyLanguages } = view;
  return (bodyLanguages.length === 0 ? [noLanguage] : bodyLanguages).map((value) => ({
    signal: 'language',
    table: 'language',
    value,
    shown: `written in ${value}`,
  }));
}

/**
 * Who filled the slots, as far as the header says: merchant or sharer by display name and Reply-To, and the tenant where
 * the service hosts them under addresses of their own. Keyed, since it may be a person.
 */
export function actorOf(view: MessageView): string {
  const replyTo = view.message.replyTo.map(({ address }) => address).join(' ');
  const tenant = view.alias ? (tenantOf(view.alias, view.address) ?? '') : '';
  return view.pseudonym(`${view.foldedName.toLowerCase()}|${replyTo}|${tenant}`);
}
