import { domainOf } from './recipient-domain.ts';

/** Languages that a warning can be written in. */
export const warningLanguages = ['en', 'de', 'fr', 'es', 'pt', 'it', 'nl', 'pl'] as const;
export type WarningLanguage = (typeof warningLanguages)[number];

/** What recipients see of a tag in the message itself. */
export type Warning = {
  /** A few sentences above the text. */
  readonly banner: boolean;
  /** In front of the subject; empty for none. */
  readonly subjectTag: string;
  /** `auto`: that of the message, else English. */
  readonly language: WarningLanguage | 'auto';
  /** A line of the operator's below the banner's own; empty for none. */
  readonly note: string;
};

/** `policy.yaml: warning`. What an entry of `recipientDomains` leaves out is as for all. */
export type WarningPolicy = Warning & {
  readonly recipientDomains: readonly (Partial<Warning> & {
    readonly domains: readonly string[];
  })[];
};

export const noWarning: Warning = { banner: false, subjectTag: '', language: 'auto', note: '' };

/**
 * The warning for a transaction: what all its recipients want, since they get one message. Where one wants no banner or
 * another tag there is none: bytes are changed only for those who asked for it (promise P2).
 */
export function warningFor(recipients: readonly string[], policy: WarningPolicy): Warning {
  const domains = new Set(recipients.map(domainOf));
  const [first = policy, ...others] = [...domains].map((domain) => ({
    ...policy,
    ...policy.recipientDomains.find((entry) => entry.domains.includes(domain)),
  }));
  const agreed = <Key extends keyof Warning>(key: Key, otherwise: Warning[Key]): Warning[Key] =>
    others.every((other) => other[key] === first[key]) ? first[key] : otherwise;
  return {
    banner: agreed('banner', noWarning.banner),
    subjectTag: agreed('subjectTag', noWarning.subjectTag),
    language: agreed('language', noWarning.language),
    note: agreed('note', noWarning.note),
  };
}
