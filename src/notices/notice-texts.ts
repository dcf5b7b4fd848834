/** Every text of notices and of the pages behind their links, with the names that may stand in it as `{name}`. */
export const textNames = {
  heldSubject: ['count'],
  expiringSubject: ['count'],
  requestSubject: ['count'],
  reportSubject: ['count'],
  attackSubject: ['count'],
  held: [],
  heldForAdmin: [],
  expiringRelease: ['date'],
  expiringDelete: ['date'],
  request: [],
  report: [],
  attack: [],
  attackForAdmin: [],
  advice: [],
  masked: [],
  from: [],
  subject: [],
  heldAt: [],
  deliveredAt: [],
  why: [],
  recipients: [],
  id: [],
  alike: ['count'],
  more: ['count'],
  askRelease: [],
  releaseNow: [],
  reportAttack: [],
  linksUntil: ['date'],
  contact: ['contact'],
  footer: ['host'],
  pageAskRelease: [],
  pageRelease: [],
  pageReport: [],
  pageAsked: [],
  pageReleased: [],
  pageReported: [],
  pageNotReleased: [],
  pageUsed: [],
  pageExpired: [],
  pageInvalid: [],
  pageGone: [],
  pageBusy: [],
  pageFailed: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type TextName = keyof typeof textNames;

/** One language, complete. */
export type NoticeTexts = Readonly<Record<TextName, string>>;

/** By language code. */
export type NoticeLanguages = ReadonlyMap<string, NoticeTexts>;

/** Puts values into the `{names}` of a text; a value is never read again for names of its own. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (name, key: string) =>
    Object.hasOwn(values, key) ? String(values[key]) : name,
  );
}
