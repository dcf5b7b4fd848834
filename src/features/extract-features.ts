import { organizationOf } from '../message/links.ts';
import { domainOf } from '../message/mailbox.ts';
import { brandSightings } from './brands.ts';
import { contactsOf } from './contacts.ts';
import type { Features, Sighting } from './features.ts';
import {
  actorOf,
  displayNameSightings,
  languageSightings,
  layoutSightings,
  replyToSightings,
} from './identity.ts';
import { linkSightings, standingsOf, textDomainSightings, topLevelSightings } from './links.ts';
import { commonWordsOf, lureHits, lureSentences, subjectWordsOf } from './lure-words.ts';
import { viewMessage, type FeatureInput } from './message-view.ts';
import { ourActorLevels } from './our-actors.ts';
import { alignedSignature, pathLevels, pathSightings } from './sending-path.ts';
import { slotClassSightings } from './slot-classes.ts';

const maxRecipients = 100;

/** Everything scoring and learning will ask about one message of a watched alias: pure, bounded, computed once. */
export function extractFeatures(input: FeatureInput): Features {
  const view = viewMessage(input);
  const contacts = contactsOf(view);
  const recipients = view.transaction.envelope.rcptTo.slice(0, maxRecipients).map((address) => ({
    address: view.pseudonym(address),
    domain: view.pseudonym(domainOf(address)),
  }));
  const hasPath = view.transaction.connection.clientAddress !== '';
  const recipientSightings = recipients.map(({ address }): Sighting => ({
    signal: 'first-contact',
    table: 'recipient',
    value: address,
    shown: 'a recipient this alias never wrote to here',
  }));
  return {
    hasPath,
    sightings: [
      ...contacts.sightings,
      ...slotClassSightings(view),
      ...linkSightings(view),
      ...textDomainSightings(view),
      ...topLevelSightings(view),
      ...replyToSightings(view),
      ...displayNameSightings(view),
      ...brandSightings(view),
      ...layoutSightings(view),
      ...languageSightings(view),
      ...(hasPath ? [...pathSightings(view), ...recipientSightings] : []),
    ],
    levels: [...ourActorLevels(view), ...(hasPath ? pathLevels(view) : [])],
    standings: standingsOf(view),
    contactContexts: contacts.contexts,
    subject: lureHits(view.foldedSubject, view.lists, view.languages),
    subjectWords: subjectWordsOf(view),
    commonWords: commonWordsOf(view),
    sentences: lureSentences(view),
    signatureHash: hasPath ? (alignedSignature(view.authentication)?.signatureHash ?? null) : null,
    recipients,
    linksHome: view.links.some(({ host }) => organizationOf(host) === view.ownDomain),
    actor: actorOf(view),
  };
}
