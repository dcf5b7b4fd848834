import { dayOf } from '../../../baseline/ledger.ts';
import { domainOf } from '../../../message/mailbox.ts';
import { organizationalDomain } from '../../../authentication/alignment.ts';
import type { SeenMail } from './seen-mail.ts';

/** What is known of one address, or of all addresses under a pattern. Sets stop growing at `enough`. */
export type SenderTally = {
  messages: number;
  firstAtMs: number;
  lastAtMs: number;
  deliveries: number;
  automated: { yes: number; of: number };
  replies: { yes: number; of: number };
  links: { yes: number; of: number };
  authenticated: { yes: number; of: number };
  /** Messages by the most frequent shapes. */
  readonly shapes: Map<string, number>;
  readonly days: Set<number>;
  readonly recipients: Set<string>;
  readonly actors: Set<string>;
  readonly addresses: Set<string>;
};

export type SenderTallies = {
  readonly count: (mail: SeenMail) => void;
  readonly messagesOf: (address: string) => number;
  readonly entries: () => Iterable<readonly [name: string, tally: SenderTally]>;
  /** Times that an address was given up for want of memory, each seen a few times by then. */
  readonly dropped: () => number;
};

/** Distinct things counted exactly; beyond it the count says "at least". */
export const enough = 60;
const maxShapes = 40;
const maxDays = 400;

/** Counts mail by sender within bounded memory: past `maxSenders` the rarest are given up. */
export function createSenderTallies(maxSenders = 20_000): SenderTallies {
  const tallies = new Map<string, SenderTally>();
  let dropped = 0;
  const makeRoom = () => {
    for (let rare = 1; tallies.size > maxSenders * 0.75; rare *= 2) {
      for (const [name, { messages }] of tallies) {
        if (messages > rare) continue;
        tallies.delete(name);
        if (!name.startsWith('*')) dropped++;
      }
    }
  };
  return {
    count: (mail) => {
      for (const name of namesOf(mail.address)) {
        const tally = tallies.get(name) ?? emptyTally(mail.at.getTime());
        tallies.set(name, tally);
        add(tally, mail);
      }
      if (tallies.size > maxSenders) makeRoom();
    },
    messagesOf: (address) => tallies.get(address)?.messages ?? 0,
    entries: () => tallies,
    dropped: () => dropped,
  };
}

/** The address, and the patterns that could stand for it: every mailbox of the host, every host of the organization. */
function namesOf(address: string): readonly string[] {
  const domain = domainOf(address);
  const organization = organizationalDomain(domain);
  return [address, `*@${domain}`, ...(organization === domain ? [] : [`*@*.${organization}`])];
}

function emptyTally(atMs: number): SenderTally {
  return {
    messages: 0,
    firstAtMs: atMs,
    lastAtMs: atMs,
    deliveries: 0,
    automated: { yes: 0, of: 0 },
    replies: { yes: 0, of: 0 },
    links: { yes: 0, of: 0 },
    authenticated: { yes: 0, of: 0 },
    shapes: new Map(),
    days: new Set(),
    recipients: new Set(),
    actors: new Set(),
    addresses: new Set(),
  };
}

function add(tally: SenderTally, mail: SeenMail): void {
  const atMs = mail.at.getTime();
  tally.messages++;
  tally.firstAtMs = Math.min(tally.firstAtMs, atMs);
  tally.lastAtMs = Math.max(tally.lastAtMs, atMs);
  tally.deliveries += mail.recipientCount;
  answer(tally.automated, mail.isAutomated);
  answer(tally.replies, mail.isReply);
  answer(tally.links, mail.hasLinks);
  answer(tally.authenticated, mail.isAuthenticated);
  for (const shape of mail.shapes) countShape(tally.shapes, shape);
  collect(tally.days, dayOf(mail.at), maxDays);
  for (const recipient of mail.recipients) collect(tally.recipients, recipient, enough);
  if (mail.actor !== null) collect(tally.actors, mail.actor, enough);
  collect(tally.addresses, mail.address, enough);
}

function answer(share: { yes: number; of: number }, isSo: boolean | null): void {
  if (isSo === null) return;
  share.of++;
  if (isSo) share.yes++;
}

function collect<Value>(values: Set<Value>, value: Value, limit: number): void {
  if (values.size < limit) values.add(value);
}

/** Frequent shapes survive: a new one takes the place of one seen once, or finds none. */
function countShape(shapes: Map<string, number>, shape: string): void {
  const count = shapes.get(shape);
  if (count === undefined && shapes.size >= maxShapes) {
    const single = [...shapes].find(([, seen]) => seen === 1);
    if (single === undefined) return;
    shapes.delete(single[0]);
  }
  shapes.set(shape, (count ?? 0) + 1);
}
