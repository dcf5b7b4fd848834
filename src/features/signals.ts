/**
 * Every signal there is, in the order in which an explanation lists them. The names are those of `rules/causes.yaml`,
 * of logs and of metrics.
 */
export const signalIds = [
  'phone',
  'phone-lure',
  'wallet',
  'subject-class',
  'subject-lure',
  'subject-words',
  'display-name',
  'display-name-class',
  'brand',
  'greeting-class',
  'foreign-actor',
  'attachment-class',
  'body-class',
  'body-lure',
  'language',
  'links-gone',
  'link',
  'link-tld',
  'link-standing',
  'bare-domain',
  'mail-domain',
  'path-shape',
  'reply-to',
  'reply-to-standing',
  'stranger-reply-to',
  'stranger-domain',
  'value-elsewhere',
  'layout',
  'network',
  'mail-from',
  'spf',
  'header-order',
  'selector',
  'recipient-mismatch',
  'first-contact',
  'signature-reuse',
  'signature-age',
  'unsigned-fields',
  'volume',
  'new-actors',
  'actor-burst',
  'ramp',
] as const;

export type SignalId = (typeof signalIds)[number];

/**
 * What a signal needs in order to be asked at all, and so whose trials it counts: any message; a message whose way here
 * is known (an archive has none); a message with a new telephone number, a new link or bare domain (measured C9), with a new Reply-To; one of
 * whose new correspondents, domains or values the organization's ledgers can tell; one of an alias for which our own
 * actors are listed.
 */
export type SignalGroup =
  | 'content'
  | 'path'
  | 'new-phone'
  | 'new-link'
  | 'new-reply-to'
  | 'correspondent'
  | 'domain-here'
  | 'elsewhere'
  | 'our-actors';

const groups: Readonly<Partial<Record<SignalId, SignalGroup>>> = {
  'phone-lure': 'new-phone',
  'link-tld': 'new-link',
  'link-standing': 'new-link',
  'reply-to-standing': 'new-reply-to',
  'stranger-reply-to': 'correspondent',
  'stranger-domain': 'domain-here',
  'value-elsewhere': 'elsewhere',
  'foreign-actor': 'our-actors',
  network: 'path',
  'mail-from': 'path',
  spf: 'path',
  'header-order': 'path',
  selector: 'path',
  'recipient-mismatch': 'path',
  'first-contact': 'path',
  'signature-reuse': 'path',
  'signature-age': 'path',
  'unsigned-fields': 'path',
};

export function groupOf(signal: SignalId): SignalGroup {
  return groups[signal] ?? 'content';
}
