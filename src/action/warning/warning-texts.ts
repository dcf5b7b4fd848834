import { german } from './texts/de.ts';
import { english } from './texts/en.ts';
import { spanish } from './texts/es.ts';
import { french } from './texts/fr.ts';
import { italian } from './texts/it.ts';
import { dutch } from './texts/nl.ts';
import { polish } from './texts/pl.ts';
import { portuguese } from './texts/pt.ts';
import type { UnusualKind } from './unusual.ts';
import type { WarningLanguage } from '../../decision/warning-policy.ts';

/** What a warning says in one language: plain words, for people who never heard of signatures. */
export type WarningTexts = {
  readonly title: string;
  /** Followed by the list of what is unusual. */
  readonly cameThrough: (vendor: string) => string;
  /** Where there is nothing to list. */
  readonly differs: (vendor: string) => string;
  readonly claims: (vendor: string) => string;
  readonly unchecked: (vendor: string) => string;
  readonly unusual: Readonly<Record<UnusualKind, string>>;
  readonly advice: string;
  /** `address` is the vendor's own, from its pack. */
  readonly goTo: (vendor: string, address: string) => string;
  readonly goToKnown: (vendor: string) => string;
  readonly addedBy: (hostname: string) => string;
};

export const warningTexts: Readonly<Record<WarningLanguage, WarningTexts>> = {
  en: english,
  de: german,
  fr: french,
  es: spanish,
  pt: portuguese,
  it: italian,
  nl: dutch,
  pl: polish,
};
