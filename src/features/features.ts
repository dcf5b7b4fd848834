import type { SignalId } from './signals.ts';

/** Stands for the languages of a message that none could be told of: names, numbers, a picture. */
export const noLanguage = 'none';

/** Tables of values a baseline remembers. Links, bare domains and mail domains share `domain` (measured C8). */
export type ValueTable =
  | 'domain'
  | 'path-shape'
  | 'contact'
  | 'reply-to'
  | 'display-name'
  | 'display-name-class'
  | 'brand'
  | 'greeting-class'
  | 'attachment-class'
  | 'subject-class'
  | 'subject-word'
  | 'body-word'
  | 'body-class'
  | 'line'
  | 'language'
  | 'layout'
  | 'network'
  | 'mail-from'
  | 'header-order'
  | 'selector'
  | 'recipient'
  | 'actor'
  | 'forwarder'
  | 'pending'
  | 'reach';

/** One value of one signal in this message. `value` is what is stored, `shown` what a person reads. */
export type Sighting = {
  readonly signal: SignalId;
  readonly table: ValueTable;
  readonly value: string;
  readonly shown: string;
};

/** A step on a small ordinal scale; 0 is the ordinary step. */
export type LevelReading = {
  readonly signal: SignalId;
  readonly level: number;
  readonly shown: string;
};

/**
 * How a domain stands outside this alias: 1 for one that few people know, 2 for one where anybody may be (free hosting,
 * shortener, cheap top-level domain). Well-known domains are left out.
 */
export type Standing = {
  readonly table: 'domain' | 'reply-to';
  readonly value: string;
  readonly level: number;
  readonly shown: string;
};

/** A lure word at a token position of a slot. `word` is the folded form in the list, `weight` its own bits. */
export type LureHit = {
  readonly position: number;
  readonly word: string;
  readonly weightBits: number;
};

/** A word of the subject under its keyed hash; common ones are what text of some language is made of. */
export type SubjectWord = { readonly value: string; readonly isCommon: boolean };

/** A common word of the body and where it first stands, in words. */
export type CommonWord = { readonly value: string; readonly position: number };

/** Lure words around a telephone number: press contacts have few, call-back lures many. */
export type ContactContext = {
  readonly value: string;
  readonly tokens: number;
  readonly hits: readonly LureHit[];
  /** An amount of money stands there as well, in the same paragraph: what was charged, and whom to call about it. */
  readonly namesAmount: boolean;
};

/** One sentence of the body that carries lure words; `value` is its masked hash in table `line`. */
export type LureSentence = {
  readonly value: string;
  readonly tokens: number;
  readonly hits: readonly LureHit[];
  readonly shown: string;
};

/** All that scoring and learning need to know of a message: bounded, and free of message text but for `shown`. */
export type Features = {
  /** False for mail from an archive: nothing is known of client, envelope and signature. */
  readonly hasPath: boolean;
  readonly sightings: readonly Sighting[];
  readonly levels: readonly LevelReading[];
  readonly standings: readonly Standing[];
  readonly contactContexts: readonly ContactContext[];
  readonly subject: { readonly tokens: number; readonly hits: readonly LureHit[] };
  /** The distinct words of the subject, numbers left out: how much of it the alias never wrote. */
  readonly subjectWords: readonly SubjectWord[];
  /** Distinct common words of the body, of any language, in order of appearance, at most 240. */
  readonly commonWords: readonly CommonWord[];
  readonly sentences: readonly LureSentence[];
  /** Identity of the aligned DKIM signature, or null; counts replays. */
  readonly signatureHash: string | null;
  /** Keyed hashes of the envelope recipients and of their domains. */
  readonly recipients: readonly { readonly address: string; readonly domain: string }[];
  /** A link leads to the vendor's own domain. */
  readonly linksHome: boolean;
  /** Keyed hash of who filled the slots (display name and Reply-To): tenants, merchants, sharers. */
  readonly actor: string;
};
