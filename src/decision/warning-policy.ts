/** Languages that a warning can be written in. */
export const warningLanguages = ['en', 'de', 'fr', 'es', 'pt', 'it', 'nl', 'pl'] as const;
export type WarningLanguage = (typeof warningLanguages)[number];

/** `policy.yaml: warning`: what recipients see of a tag in the message itself. */
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

export const noWarning: Warning = { banner: false, subjectTag: '', language: 'auto', note: '' };

/**
 * What all recipients of a message want, since they get one message. Where one wants no banner or another tag there is
 * none: bytes are changed only for those who asked for it (promise P2).
 */
export function agreedWarning([first = noWarning, ...others]: readonly Warning[]): Warning {
  const agreed = <Key extends keyof Warning>(key: Key): Warning[Key] =>
    others.every((other) => other[key] === first[key]) ? first[key] : noWarning[key];
  return {
    banner: agreed('banner'),
    subjectTag: agreed('subjectTag'),
    language: agreed('language'),
    note: agreed('note'),
  };
}
