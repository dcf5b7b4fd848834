import type { Features, LureHit, Sighting, Standing, ValueTable } from '../features/features.ts';
import { groupOf, signalIds, type SignalId } from '../features/signals.ts';

/** Signals of values, and where their values stand; such a signal is shown or not. */
const tables: Readonly<Partial<Record<SignalId, ValueTable>>> = {
  phone: 'contact',
  wallet: 'contact',
  'subject-class': 'subject-class',
  'display-name': 'display-name',
  'display-name-class': 'display-name-class',
  brand: 'brand',
  'greeting-class': 'greeting-class',
  'attachment-class': 'attachment-class',
  'body-class': 'body-class',
  language: 'language',
  link: 'domain',
  'bare-domain': 'domain',
  'link-tld': 'domain',
  'mail-domain': 'domain',
  'path-shape': 'path-shape',
  'reply-to': 'reply-to',
  layout: 'layout',
  network: 'network',
  'mail-from': 'mail-from',
  spf: 'mail-from',
  'header-order': 'header-order',
  selector: 'selector',
  'unsigned-fields': 'selector',
  'first-contact': 'recipient',
};

/** Signals of one message that have levels, and the most of them. */
const mostLevels: Readonly<Partial<Record<SignalId, number>>> = {
  'phone-lure': 3,
  'subject-lure': 4,
  'body-lure': 4,
  'link-standing': 2,
  'reply-to-standing': 2,
  'foreign-actor': 1,
  'recipient-mismatch': 1,
  'signature-age': 4,
};

/** What has to be news before these can be asked. */
const needs: Readonly<Partial<Record<SignalId, readonly SignalId[]>>> = {
  'phone-lure': ['phone'],
  'link-tld': ['link', 'bare-domain'],
  'link-standing': ['link', 'bare-domain'],
  'reply-to-standing': ['reply-to'],
};

/** The most levels a signal can be stated at; 0 for one that no message shows by itself. */
export function highestLevel(signal: SignalId): number {
  return tables[signal] === undefined ? (mostLevels[signal] ?? 0) : 1;
}

/** Signals of which one has to be stated beside this one. */
export function neededFor(signal: SignalId): readonly SignalId[] {
  return needs[signal] ?? [];
}

/** Signals that can be stated. */
export const statable: readonly SignalId[] = signalIds.filter((signal) => highestLevel(signal) > 0);

/** Bits of lure language that reach each level where nothing is known of the alias's own. */
const lureBits = { subject: [5, 7, 11, 16], body: [22.5, 22.5, 26, 36], phone: [5, 10, 16] };

/** The features of an ordinary message that shows these signals at these levels, each with a value nobody knows. */
export function statedFeatures(
  levels: ReadonlyMap<SignalId, number>,
  recipients: Features['recipients'],
): Features {
  const lure = (signal: SignalId, bits: readonly number[]) =>
    hitsOf(bits[(levels.get(signal) ?? 0) - 1] ?? 0);
  const inSubject = lure('subject-lure', lureBits.subject);
  const inBody = lure('body-lure', lureBits.body);
  const sentence = { value: 'stated sentence', tokens: 12, hits: inBody, shown: 'a stated lure' };
  return {
    hasPath: [...levels.keys()].some((signal) => groupOf(signal) === 'path'),
    sightings: [...levels.keys()].flatMap(sightingOf),
    levels: [...levels]
      .filter(([signal]) => tables[signal] === undefined)
      .map(([signal, level]) => ({ signal, level, shown: shownOf(signal) })),
    standings: [...levels].flatMap(([signal, level]) => standingsOf(signal, level, levels)),
    contactContexts: levels.has('phone')
      ? [
          {
            value: valueOf('phone'),
            tokens: 20,
            hits: lure('phone-lure', lureBits.phone),
            namesAmount: false,
          },
        ]
      : [],
    subject: { tokens: 6, hits: inSubject },
    subjectWords: [],
    commonWords: [],
    sentences: inBody.length > 0 ? [sentence] : [],
    signatureHash: null,
    recipients,
    linksHome: true,
    actor: 'stated actor',
  };
}

function hitsOf(weightBits: number): readonly LureHit[] {
  return weightBits === 0 ? [] : [{ position: 0, word: 'stated lure word', weightBits }];
}

function sightingOf(signal: SignalId): readonly Sighting[] {
  const table = tables[signal];
  return table === undefined
    ? []
    : [{ signal, table, value: valueOf(signal), shown: shownOf(signal) }];
}

function standingsOf(
  signal: SignalId,
  level: number,
  levels: ReadonlyMap<SignalId, number>,
): readonly Standing[] {
  if (signal !== 'link-standing' && signal !== 'reply-to-standing') return [];
  const table = signal === 'link-standing' ? 'domain' : 'reply-to';
  return neededFor(signal)
    .filter((needed) => levels.has(needed))
    .map((needed) => ({ table, value: valueOf(needed), level, shown: shownOf(signal) }));
}

/** No real value looks like this. */
function valueOf(signal: SignalId): string {
  return `stated ${signal}`;
}

function shownOf(signal: SignalId): string {
  return `${signal}, as the case states it`;
}
