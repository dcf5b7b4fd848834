import type { Counters, Snapshot } from '../baseline/ledger.ts';
import type { Features, LureHit, Sighting } from '../features/features.ts';
import { oncePerObject } from '../once-per.ts';
import type { Acquaintance, OrganizationView } from '../organization/organization.ts';
import { lookupsOf } from '../score/known-values.ts';
import type { HiddenValues } from './hidden-values.ts';
import type { AppraisedMessage } from './kept-message.ts';

/** Stands where a person would read something: an explanation leaves out what shows nothing. */
const somethingShown = '…';

/**
 * A message without its text: what it shows is gone, its values are hidden or, where only sameness within the message
 * counts, numbered. The same rules (`hide-rules.ts`) make the same of it.
 */
export function hideMessage(message: AppraisedMessage, hidden: HiddenValues): AppraisedMessage {
  const { features, observation, organization, inherited, approved } = message;
  return {
    purpose: message.purpose,
    at: message.at,
    features: hideFeatures(features, hidden),
    observation: {
      ...observation,
      snapshot: hidingSnapshots(hidden)(observation.snapshot),
    },
    organization: organization && hideView(organization, hidden),
    // Of hundreds only those that the message has are asked for.
    inherited: new Set(ownNames(features, inherited).map(hidden.named)),
    approved: new Set([...approved].map(hidden.named)),
  };
}

/** Most messages of a day have one snapshot: its hundreds of counters are hidden once for all of them. */
const hidingSnapshots = oncePerObject((hidden: HiddenValues) =>
  oncePerObject((snapshot: Snapshot) => ({
    ...snapshot,
    counters: hideCounters(snapshot.counters, hidden),
  })),
);

function hideFeatures(features: Features, hidden: HiddenValues): Features {
  const words = numbered('w', [...features.subjectWords, ...features.commonWords]);
  return {
    hasPath: features.hasPath,
    sightings: features.sightings.map((sighting) => hideSighting(sighting, hidden)),
    levels: features.levels.map((level) => ({ ...level, shown: hideShown(level.shown) })),
    standings: features.standings.map(({ table, value, level, shown }) => ({
      table,
      value: hidden.value(table, value),
      level,
      shown: hideShown(shown),
    })),
    contactContexts: features.contactContexts.map((context) => ({
      ...context,
      value: hidden.value('contact', context.value),
      hits: hideHits(context.hits, hidden),
    })),
    subject: {
      tokens: features.subject.tokens,
      hits: hideHits(features.subject.hits, hidden),
    },
    subjectWords: features.subjectWords.map(({ value, isCommon }) => ({
      value: words(value),
      isCommon,
    })),
    commonWords: features.commonWords.map(({ value, position }) => ({
      value: words(value),
      position,
    })),
    sentences: features.sentences.map(({ value, tokens, hits, shown }) => ({
      value: hidden.value('line', value),
      tokens,
      hits: hideHits(hits, hidden),
      shown: hideShown(shown),
    })),
    // Who wrote it and which signature it had tell campaigns apart; rules ask neither.
    signatureHash: null,
    recipients: features.recipients,
    linksHome: features.linksHome,
    actor: '',
  };
}

function hideSighting({ signal, table, value, shown }: Sighting, hidden: HiddenValues): Sighting {
  return { signal, table, value: hidden.value(table, value), shown: hideShown(shown) };
}

function hideShown(shown: string): string {
  return shown === '' ? '' : somethingShown;
}

function hideHits(hits: readonly LureHit[], hidden: HiddenValues): readonly LureHit[] {
  return hits.map((hit) => ({ ...hit, word: hidden.word(hit.word) }));
}

/** Words are told apart within one message, and nowhere else. */
function numbered(
  prefix: string,
  words: readonly { readonly value: string }[],
): (word: string) => string {
  const numbers = new Map<string, string>();
  for (const { value } of words)
    if (!numbers.has(value)) numbers.set(value, `${prefix}${numbers.size}`);
  return (word) => numbers.get(word) ?? word;
}

const wordCounter = /^(w\.[a-z]+\.)(.*)$/su;

/** Counters of lure words name the word (`counterNames.word`). */
export function hideCounters(counters: Counters, hidden: HiddenValues): Counters {
  return Object.fromEntries(
    Object.entries(counters).map(([name, count]) => {
      const [, slot, word] = wordCounter.exec(name) ?? [];
      return [
        slot === undefined || word === undefined ? name : `${slot}${hidden.word(word)}`,
        count,
      ];
    }),
  );
}

function hideView(view: OrganizationView, hidden: HiddenValues): OrganizationView {
  const named = (found: ReadonlyMap<string, Acquaintance>) =>
    new Map([...found].map(([name, acquaintance]) => [hidden.name(name), acquaintance]));
  return {
    days: view.days,
    domains: named(view.domains),
    correspondents: named(view.correspondents),
    elsewhere: new Map([...view.elsewhere].map(([name, aliases]) => [hidden.named(name), aliases])),
  };
}

function ownNames(features: Features, among: ReadonlySet<string>): readonly string[] {
  if (among.size === 0) return [];
  return lookupsOf(features)
    .map(({ table, value }) => `${table} ${value}`)
    .filter((name) => among.has(name));
}

/** Tables of which scoring asks only whether a value was ever learned. */
export const presenceTables: ReadonlySet<string> = new Set(['subject-word', 'body-word']);
