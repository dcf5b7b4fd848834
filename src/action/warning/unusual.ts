import type { Decision } from '../../decision/decision.ts';
import type { SignalId } from '../../features/signals.ts';
import type { Score } from '../../score/score.ts';

/** What a recipient can be told of a message in plain words; each has a sentence per language. */
export const unusualKinds = [
  'phone',
  'wallet',
  'link',
  'reply-address',
  'subject',
  'sender-name',
  'wording',
  'stranger',
  'attachment',
  'path',
  'addressee',
  'copy',
  'burst',
  'seen-elsewhere',
] as const;

export type UnusualKind = (typeof unusualKinds)[number];

const kinds: Readonly<Record<SignalId, UnusualKind>> = {
  phone: 'phone',
  'phone-lure': 'phone',
  wallet: 'wallet',
  'subject-class': 'subject',
  'subject-lure': 'subject',
  'subject-words': 'subject',
  'display-name': 'sender-name',
  'display-name-class': 'sender-name',
  brand: 'wording',
  'greeting-class': 'wording',
  'foreign-actor': 'stranger',
  'attachment-class': 'attachment',
  'body-class': 'wording',
  'body-lure': 'wording',
  language: 'wording',
  'links-gone': 'link',
  link: 'link',
  'link-tld': 'link',
  'link-standing': 'link',
  'bare-domain': 'link',
  'mail-domain': 'reply-address',
  'path-shape': 'link',
  'reply-to': 'reply-address',
  'reply-to-standing': 'reply-address',
  'stranger-reply-to': 'reply-address',
  'stranger-domain': 'stranger',
  'value-elsewhere': 'seen-elsewhere',
  layout: 'wording',
  network: 'path',
  'mail-from': 'path',
  spf: 'path',
  'header-order': 'path',
  selector: 'path',
  'recipient-mismatch': 'addressee',
  'first-contact': 'addressee',
  'signature-reuse': 'copy',
  'signature-age': 'copy',
  'unsigned-fields': 'copy',
  volume: 'burst',
  'new-actors': 'burst',
  'actor-burst': 'burst',
  ramp: 'burst',
};

const maxKinds = 3;
/** A term below this moves nobody. */
const leastBits = 1;

/** The leading terms of a score in the order of their weight, without what they are about; possibly empty. */
export function unusualIn(
  score: Score | null,
  { limit }: Pick<Decision, 'limit'>,
): readonly UnusualKind[] {
  const found = new Set<UnusualKind>(limit === null ? [] : ['burst']);
  for (const { signal, bits } of score?.terms ?? [])
    // What an operator's condition is about is not said to recipients.
    if (signal !== 'prior' && signal !== 'condition' && bits >= leastBits) found.add(kinds[signal]);
  return [...found].slice(0, maxKinds);
}
