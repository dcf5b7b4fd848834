import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { dayOf, type Snapshot } from '../baseline/ledger.ts';
import type { Observation } from '../baseline/store.ts';
import type { Features, LureHit, SubjectWord, ValueTable } from '../features/features.ts';
import type { SignalId } from '../features/signals.ts';
import type { Acquaintance } from '../organization/organization.ts';
import { lookupsOf } from '../score/known-values.ts';
import type { SignalFit } from '../score/fit-priors.ts';
import { presenceTables } from './hide-message.ts';
import type { KeptMessage } from './kept-message.ts';
import { recordForm, recordFrom, type RecordForm } from './record-form.ts';

/** What many messages have in common, and what is stored once for them. */
export type SharedParts = {
  readonly snapshot: Snapshot;
  readonly fits: readonly SignalFit[];
};

type HitForm = readonly [position: number, word: string, weightBits: number];
type AcquaintanceForm = readonly [name: string, days: number, senders: number, written: 0 | 1];

/** A kept message without the parts it shares, as it is stored. */
type MessageForm = {
  readonly id: string;
  readonly alias: string;
  readonly ruleset: string;
  readonly readWith: string;
  readonly at: number;
  readonly purpose: KeptMessage['appraised']['purpose'];
  readonly features: FeaturesForm;
  readonly records: readonly RecordForm[];
  readonly reach: RecordForm;
  readonly observed: Pick<
    Observation,
    'signatureRecipients' | 'hourMessages' | 'traffic' | 'dayMessages'
  >;
  readonly organization: {
    readonly days: number;
    readonly domains: readonly AcquaintanceForm[];
    readonly correspondents: readonly AcquaintanceForm[];
    readonly elsewhere: readonly (readonly [string, number])[];
  } | null;
  readonly inherited: readonly string[];
  readonly approved: readonly string[];
  readonly circumstances: Omit<KeptMessage['circumstances'], 'fits'>;
  readonly recipients: readonly string[];
  readonly outcome: KeptMessage['outcome'];
  readonly isHeld: boolean;
};

type FeaturesForm = {
  readonly path: boolean;
  readonly sightings: readonly (readonly [SignalId, ValueTable, string])[];
  readonly levels: readonly (readonly [SignalId, number, string])[];
  readonly standings: readonly (readonly ['domain' | 'reply-to', string, number])[];
  readonly contacts: readonly (readonly [string, number, boolean, readonly HitForm[]])[];
  readonly subject: readonly [number, readonly HitForm[]];
  readonly subjectWords: readonly (readonly [string, 0 | 1])[];
  readonly commonWords: readonly (readonly [string, number])[];
  readonly sentences: readonly (readonly [string, number, readonly HitForm[]])[];
  readonly recipients: Features['recipients'];
  readonly home: boolean;
};

/** Names that nearly every message has: what deflate finds before it has read anything. Part of the format. */
const commonText = Buffer.from(
  '"subject-class""display-name-class""greeting-class""attachment-class""body-class""foreign-actor""subject-lure""reply-to-standing","limit":null"limit":"outcome":{"verdict":"suspicious","action":"quarantine","effectiveAction":"tag""clean","action":"pass","effectiveAction":"pass","bits":-,"pValue":1,"cause":"callback-in-subject"},"isHeld":false}"recipients":["circumstances":{"watchedPerDay":null,"attack":null,"breakerOpen":false},"inherited":[],"approved":[],"organization":{"days":,"domains":[["correspondents":[],"elsewhere":[]},"observed":{"signatureRecipients":1,"hourMessages":1,"traffic":{"actorHourMessages":1,"actorHourRecipients":1,"actorIsNew":false,"newActorsThisHour":0},"dayMessages":{"today":1,"yesterday":0}}"reach":["records":[[1,1,1,1,1,1,1,1,0,0,0,0],"recipients":[{"address":","domain":""}],"home":true},"sentences":[["commonWords":[["w1",1],["w2",2],["w3",3]"subjectWords":[["w0",0]"subject":[0,[]],"contacts":[],"standings":[["domain","levels":[["signature-age",0,"…"],["recipient-mismatch",0,""]"purpose":"security","features":{"path":true,"sightings":[["link","domain","["link-tld","domain",".["path-shape","path-shape","["display-name","display-name","["layout","layout","["language","language","en"],["network","network","["mail-from","mail-from","["spf","mail-from","spf ["header-order","header-order","["selector","selector","["unsigned-fields","selector","["first-contact","recipient","{"id":"","alias":"","ruleset":"","readWith":"","at":',
);

export function packMessage(message: KeptMessage): Buffer {
  return deflateRawSync(JSON.stringify(formOf(message)), { dictionary: commonText, level: 6 });
}

/** @throws where the bytes are none of ours. */
export function unpackMessage(packed: Uint8Array, shared: SharedParts): KeptMessage {
  return messageFrom(JSON.parse(storedText(packed)) as MessageForm, shared);
}

/** The JSON in the packed bytes. */
export function storedText(packed: Uint8Array): string {
  return inflateRawSync(packed, { dictionary: commonText }).toString();
}

function formOf({ appraised, circumstances, ...message }: KeptMessage): MessageForm {
  const { features, observation, organization } = appraised;
  const today = dayOf(appraised.at);
  const form = (record: Parameters<typeof recordForm>[0], isPresenceOnly = false) =>
    recordForm(record, { today, isPresenceOnly });
  const records = lookupsOf(features).map(({ table }, index) =>
    form(observation.records[index] ?? null, presenceTables.has(table)),
  );
  const { watchedPerDay, attack, breakerOpen, capped = false, contentMet } = circumstances;
  const { signatureRecipients, hourMessages, traffic, dayMessages } = observation;
  return {
    ...message,
    at: appraised.at.getTime(),
    purpose: appraised.purpose,
    features: featuresForm(features),
    records,
    reach: form(observation.reach),
    observed: { signatureRecipients, hourMessages, traffic, dayMessages },
    organization: organization && {
      days: organization.days,
      domains: acquaintancesForm(organization.domains),
      correspondents: acquaintancesForm(organization.correspondents),
      elsewhere: [...organization.elsewhere],
    },
    inherited: [...appraised.inherited],
    approved: [...appraised.approved],
    circumstances: { watchedPerDay, attack, breakerOpen, capped, contentMet },
  };
}

function messageFrom(form: MessageForm, { snapshot, fits }: SharedParts): KeptMessage {
  const { at, purpose, records, reach, observed, organization, inherited, approved } = form;
  const time = new Date(at);
  const today = dayOf(time);
  const { id, alias, ruleset, readWith, recipients, outcome, isHeld } = form;
  return {
    id,
    alias,
    ruleset,
    readWith,
    recipients,
    outcome,
    isHeld,
    circumstances: { ...form.circumstances, fits },
    appraised: {
      purpose,
      at: time,
      features: featuresFrom(form.features),
      observation: {
        ...observed,
        records: records.map((record) => recordFrom(record, today)),
        reach: recordFrom(reach, today),
        snapshot,
      },
      organization: organization && {
        days: organization.days,
        domains: acquaintancesFrom(organization.domains),
        correspondents: acquaintancesFrom(organization.correspondents),
        elsewhere: new Map(organization.elsewhere),
      },
      inherited: new Set(inherited),
      approved: new Set(approved),
    },
  };
}

function featuresForm(features: Features): FeaturesForm {
  return {
    path: features.hasPath,
    sightings: features.sightings.map(({ signal, table, value }) => [signal, table, value]),
    levels: features.levels.map(({ signal, level, shown }) => [signal, level, shown]),
    standings: features.standings.map(({ table, value, level }) => [table, value, level]),
    contacts: features.contactContexts.map(({ value, tokens, namesAmount, hits }) => [
      value,
      tokens,
      namesAmount,
      hitsForm(hits),
    ]),
    subject: [features.subject.tokens, hitsForm(features.subject.hits)],
    subjectWords: features.subjectWords.map(({ value, isCommon }) => [value, isCommon ? 1 : 0]),
    commonWords: features.commonWords.map(({ value, position }) => [value, position]),
    sentences: features.sentences.map(({ value, tokens, hits }) => [value, tokens, hitsForm(hits)]),
    recipients: features.recipients,
    home: features.linksHome,
  };
}

function featuresFrom(form: FeaturesForm): Features {
  const shown = '…';
  return {
    hasPath: form.path,
    sightings: form.sightings.map(([signal, table, value]) => ({ signal, table, value, shown })),
    levels: form.levels.map(([signal, level, said]) => ({ signal, level, shown: said })),
    standings: form.standings.map(([table, value, level]) => ({ table, value, level, shown })),
    contactContexts: form.contacts.map(([value, tokens, namesAmount, hits]) => ({
      value,
      tokens,
      namesAmount,
      hits: hitsFrom(hits),
    })),
    subject: { tokens: form.subject[0], hits: hitsFrom(form.subject[1]) },
    subjectWords: form.subjectWords.map(([value, isCommon]): SubjectWord => ({
      value,
      isCommon: isCommon === 1,
    })),
    commonWords: form.commonWords.map(([value, position]) => ({ value, position })),
    sentences: form.sentences.map(([value, tokens, hits]) => ({
      value,
      tokens,
      hits: hitsFrom(hits),
      shown,
    })),
    signatureHash: null,
    recipients: form.recipients,
    linksHome: form.home,
    actor: '',
  };
}

function hitsForm(hits: readonly LureHit[]): readonly HitForm[] {
  return hits.map(({ position, word, weightBits }) => [position, word, weightBits]);
}

function hitsFrom(forms: readonly HitForm[]): readonly LureHit[] {
  return forms.map(([position, word, weightBits]) => ({ position, word, weightBits }));
}

function acquaintancesForm(found: ReadonlyMap<string, Acquaintance>): readonly AcquaintanceForm[] {
  return [...found].map(([name, { days, senders, written }]) => [
    name,
    days,
    senders,
    written ? 1 : 0,
  ]);
}

function acquaintancesFrom(forms: readonly AcquaintanceForm[]): ReadonlyMap<string, Acquaintance> {
  return new Map(
    forms.map(([name, days, senders, written]) => [
      name,
      { days, senders, written: written === 1 },
    ]),
  );
}
