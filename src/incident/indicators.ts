import { createHash } from 'node:crypto';
import { bareDomainsOf, linkDomain, linksOf } from '../message/links.ts';
import { contactPointsOf } from '../message/contact-points.ts';
import { foldText } from '../message/fold.ts';
import { domainOf } from '../message/mailbox.ts';
import type { Message } from '../message/message.ts';

export const indicatorKinds = [
  'domain',
  'phone',
  'wallet',
  'reply-to',
  'message-sha256',
  'attachment-sha256',
] as const;
export type IndicatorKind = (typeof indicatorKinds)[number];

/** Something by which other copies of an attack are found. */
export type Indicator = {
  readonly kind: IndicatorKind;
  readonly value: string;
  /** Messages that carry it. */
  readonly messages: number;
  /** ISO 8601. */
  readonly firstSeen: string;
  readonly lastSeen: string;
};

/** What one message shows. */
export type Shown = {
  readonly at: string;
  readonly values: readonly { readonly kind: IndicatorKind; readonly value: string }[];
};

export type IndicatorInput = {
  readonly at: string;
  readonly message: Message;
  /** SHA-256 of the message as it was received, and of its attachments; hexadecimal. */
  readonly sha256: string;
  readonly attachments: readonly string[];
  /** Registrable domains that are the vendor's own, no news to anybody. */
  readonly ownDomains: ReadonlySet<string>;
};

const mostPerKind = 500;

/** Link domains, numbers, wallets, answer addresses and hashes of one message; what is the vendor's own is left out. */
export function indicatorsIn(input: IndicatorInput): Shown {
  const { at, message, sha256, attachments, ownDomains } = input;
  const texts = [
    message.subject,
    ...message.from.map(({ name }) => name),
    ...(message.html?.blocks ?? []),
    ...message.textBlocks,
    ...message.attachments.flatMap(({ blocks }) => blocks),
  ];
  const folded = texts.map(foldText).join('\n');
  const hrefs = [
    ...(message.html?.links ?? []),
    ...message.attachments.flatMap(({ links }) => links),
  ];
  const domains = [...linksOf(hrefs, texts).map(({ domain }) => domain), ...bareDomainsOf(folded)];
  const replyTo = message.replyTo.map(({ address }) => address).filter((each) => each !== '');
  const isForeign = (domain: string) => !ownDomains.has(domain);
  return {
    at,
    values: [
      ...[...new Set(domains)].filter(isForeign).map((value) => named('domain', value)),
      ...contactPointsOf(folded).map(({ kind, value }) => named(kind, value)),
      ...replyTo
        .filter((address) => isForeign(linkDomain(domainOf(address)) ?? ''))
        .map((value) => named('reply-to', value)),
      named('message-sha256', sha256),
      ...attachments.map((value) => named('attachment-sha256', value)),
    ],
  };
}

/** Each value once, most frequent first within its kind. */
export function countIndicators(shown: readonly Shown[]): readonly Indicator[] {
  const found = new Map<string, Indicator>();
  for (const { at, values } of shown) {
    for (const { kind, value } of distinct(values)) {
      const key = `${kind} ${value}`;
      const before = found.get(key);
      found.set(key, {
        kind,
        value,
        messages: (before?.messages ?? 0) + 1,
        firstSeen: before !== undefined && before.firstSeen < at ? before.firstSeen : at,
        lastSeen: before !== undefined && before.lastSeen > at ? before.lastSeen : at,
      });
    }
  }
  return indicatorKinds.flatMap((kind) =>
    [...found.values()]
      .filter((indicator) => indicator.kind === kind)
      .sort((a, b) => b.messages - a.messages || (a.value < b.value ? -1 : 1))
      .slice(0, mostPerKind),
  );
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function named(kind: IndicatorKind, value: string) {
  return { kind, value };
}

function distinct(values: Shown['values']): Shown['values'] {
  return [...new Map(values.map((each) => [`${each.kind} ${each.value}`, each])).values()];
}
