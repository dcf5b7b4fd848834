import { watchedDomain } from '../../../alias/address.ts';
import { organizationalDomain } from '../../../authentication/alignment.ts';
import type { BaselineStore } from '../../../baseline/store.ts';
import { registrableDomain, signerDomain } from '../../../config/name-schemas.ts';
import { linkDomain } from '../../../message/links.ts';
import { baselineFacts } from '../baseline-report.ts';
import { functionGuesses } from './function-guesses.ts';

/** One entry of a drafted list, and what it was learned from; '' where it was not. */
export type DraftedValue = { readonly value: string; readonly source: string };

/** What history says in the words of a pack; only what is established. */
export type PackFacts = {
  readonly messages: number;
  readonly days: number;
  readonly since: string | null;
  readonly dkimDomains: readonly DraftedValue[];
  readonly linkDomains: readonly DraftedValue[];
  readonly phones: readonly DraftedValue[];
  readonly replyToDomains: readonly DraftedValue[];
  readonly bounceDomains: readonly DraftedValue[];
  readonly open: readonly DraftedValue[];
  readonly closed: readonly DraftedValue[];
  readonly functions: readonly DraftedValue[];
  readonly slots: readonly DraftedValue[];
};

/** From this share of messages on a signal is an ordinary one: customers fill the slot. */
const openShare = 0.1;

/** So many messages without the signal say that honest mail never shows it. */
const enoughWithout = 200;

const closable = ['phone', 'wallet', 'reply-to', 'attachment-class', 'subject-lure', 'brand'];
const openable = [
  'link',
  'bare-domain',
  'mail-domain',
  'reply-to',
  'display-name',
  'subject-class',
];

/** Names under which one sender writes, from which on somebody else fills the display name. */
const severalNames = 3;

/** What a pack for `address` may say, by the history of its alias. */
export function packFacts(
  described: Awaited<ReturnType<BaselineStore['describe']>>,
  { address, at }: { readonly address: string; readonly at: Date },
): PackFacts {
  const facts = baselineFacts(described, at);
  const recorded = (table: string) =>
    described.values.filter((one) => one.table === table && one.value !== '');
  const learned = (table: string, read: (value: string) => string | null) =>
    unique(
      recorded(table)
        .sort((a, b) => b.record.count - a.record.count)
        .flatMap(({ value, record }) => {
          const wanted = read(value);
          if (wanted === null || record.days < leastDays) return [];
          return [{ value: wanted, source: counted(record.count, record.days) }];
        }),
    );
  const signers = learned('selector', (value) => signerOf(value));
  const names = recorded('display-name').length;
  const answers = recorded('reply-to').length;
  return {
    messages: facts.messages,
    days: facts.days,
    since: facts.since,
    dkimDomains: signers.length > 0 ? signers : [{ value: ownDomain(address), source: '' }],
    linkDomains: facts.linkDomains
      .filter(({ value, established }) => established && isRegistrable(value))
      .map(({ value, messages, days }) => ({ value, source: counted(messages, days) })),
    phones: facts.contactPoints
      .filter(({ value, established }) => established && /^\+[1-9]\d{6,14}$/.test(value))
      .map(({ value, messages, days }) => ({ value, source: counted(messages, days) })),
    replyToDomains: answers >= severalNames ? [] : learned('reply-to', registrableOf),
    bounceDomains: learned('mail-from', registrableOf),
    open: signalsWith(facts.signals, openable, ({ messages, of }) =>
      of >= 20 && messages / of >= openShare ? `${messages} of ${of} messages` : null,
    ),
    closed: signalsWith(facts.signals, closable, ({ messages, of }) =>
      of >= enoughWithout && messages === 0 ? `none of ${of} messages` : null,
    ),
    functions: functionGuesses(facts.use.subjectWords),
    slots: [
      ...(names >= severalNames ? [{ value: 'display name', source: `${names} names` }] : []),
      ...(answers >= severalNames ? [{ value: 'Reply-To', source: `${answers} addresses` }] : []),
    ],
  };
}

/** What was learned on fewer days is not drafted: it may be an attack's. */
const leastDays = 3;

type Counted = { readonly signal: string; readonly messages: number; readonly of: number };

function signalsWith(
  signals: readonly Counted[],
  wanted: readonly string[],
  sourceOf: (counted: Counted) => string | null,
): readonly DraftedValue[] {
  return signals.flatMap((counted) => {
    const source = wanted.includes(counted.signal) ? sourceOf(counted) : null;
    return source === null ? [] : [{ value: counted.signal, source }];
  });
}

/** `domain selector`; the others of its table are gaps of the signature. */
function signerOf(value: string): string | null {
  const [domain = '', selector] = value.split(' ');
  if (selector === undefined || !signerDomain.safeParse(domain).success) return null;
  return domain;
}

function registrableOf(value: string): string | null {
  if (value.includes(' ')) return null;
  const domain = linkDomain(value.slice(value.lastIndexOf('@') + 1));
  return domain !== null && isRegistrable(domain) ? domain : null;
}

function isRegistrable(domain: string): boolean {
  return registrableDomain.safeParse(domain).success;
}

/** Domain that an address without a known signature is expected to be signed by. */
export function ownDomain(address: string): string {
  return organizationalDomain(watchedDomain(address));
}

function unique(values: readonly DraftedValue[]): readonly DraftedValue[] {
  return [...new Map([...values].reverse().map((one) => [one.value, one])).values()].reverse();
}

function counted(messages: number, days: number): string {
  return `${messages} messages on ${days} days`;
}
