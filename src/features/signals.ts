/**
 * Every signal there is, in the order in which an explanation lists them. The names are those of `rules/causes.yaml`,
 * of logs and of metrics.
 */
export const signalIds = [
  'phone',
  'wallet',
  'subject-class',
  'subject-lure',
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
