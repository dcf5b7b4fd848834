/**
 * Every signal there is, in the order in which an explanation lists them. The names are those of `rules/causes.yaml`,
 * of logs and of metrics.
 */
export const signalIds = [
  'phone',
  'wallet',
  'subject-class',
  'subject-lure',
  'subject-words',
  'display-name',
  'display-name-class',
  'body-class',
  'body-lure',
  'link',
  'link-tld',
  'link-hosting',
  'bare-domain',
  'mail-domain',
  'path-shape',
  'reply-to',
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
] as const;

export type SignalId = (typeof signalIds)[number];

/**
 * What a signal needs in order to be asked at all, and so whose trials it counts: any message; a message whose way here
 * is known (an archive has none); a message with a new link domain (measured C9).
 */
export type SignalGroup = 'content' | 'path' | 'new-link';

const groups: Readonly<Partial<Record<SignalId, SignalGroup>>> = {
  'link-tld': 'new-link',
  'link-hosting': 'new-link',
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
