import type { Analysis } from '../analysis.ts';
import { archivedTransaction } from '../archive/archived-transaction.ts';
import { dayMs, dayOf } from '../baseline/ledger.ts';
import type { BaselineStore, Commit } from '../baseline/store.ts';
import { sketchOf } from '../baseline/value-record.ts';
import { isFlagged } from '../decision/decide.ts';
import type { Pseudonym } from '../features/hash.ts';
import { readHeader } from '../message/header.ts';
import { domainOf } from '../message/mailbox.ts';
import type { Transaction } from '../smtp/transaction.ts';
import { replaceText } from './message-source.ts';
import type { BaselinePlan } from './rule-test.ts';

/** Days between the last message of a history and the judged one: more than a bucket takes to mature. */
const quietDays = 3;

/** A history is analysed message by message until it is past its start-up; the later ones repeat what was learned then. */
const analysedDays = 9;
const analysedMessages = 24;
/** … and each variant so often after that: the second time it brings nothing new any more. */
const analysedVariants = 2;

/** How a history came out. */
export type TaughtBaseline = {
  /** Who its messages are from; null for nobody's alias. */
  readonly alias: string | null;
  /** Messages that were flagged, of those analysed; the reason of the first. */
  readonly flagged: number;
  readonly analysed: number;
  readonly reason: string;
};

export type Teaching = {
  readonly store: BaselineStore;
  readonly analyse: (transaction: Transaction) => Promise<Analysis>;
  readonly pseudonym: Pseudonym;
};

/** Teaches an empty store by commits of production, spread evenly over the days, the recipients and the variants. */
export async function teachBaseline(
  plan: BaselinePlan,
  { store, analyse, pseudonym }: Teaching,
): Promise<TaughtBaseline> {
  const variants = variantsOf(plan);
  const learned = new Map<number, Commit | null>();
  const settled = new Map<number, number>();
  const taught = { alias: null as string | null, flagged: 0, analysed: 0, reason: '' };
  const first = plan.until.getTime() - (quietDays + plan.days) * dayMs;
  for (let number = 0; number < plan.messages; number++) {
    const variant = number % variants.length;
    const at = new Date(first + Math.floor((number * plan.days * dayMs) / plan.messages));
    const isStartingUp = number < analysedMessages || at.getTime() < first + analysedDays * dayMs;
    const id = `history-${number}`;
    const known = settled.get(variant) ?? 0;
    if (!isStartingUp && known >= analysedVariants) {
      const lesson = learned.get(variant) ?? null;
      if (lesson)
        await store.commit(
          repeated(lesson, { id, at, recipient: recipientOf(plan, number), pseudonym }),
        );
      continue;
    }
    if (!isStartingUp) settled.set(variant, known + 1);
    const analysis = await analyse(
      transactionOf(variants[variant] ?? plan.like, {
        id,
        at,
        recipient: recipientOf(plan, number),
      }),
    );
    taught.analysed += 1;
    taught.alias = analysis.alias;
    if (isFlagged(analysis.decision)) {
      taught.flagged += 1;
      taught.reason ||= analysis.decision.reason;
    }
    learned.set(variant, analysis.lesson);
    if (analysis.lesson) await store.commit(analysis.lesson);
  }
  return taught;
}

/** Each variant once: the first of every text, the second of every text, and so on. */
function variantsOf({ like, vary }: BaselinePlan): readonly Buffer[] {
  const count = Math.max(1, ...[...vary.values()].map((texts) => texts.length));
  return Array.from({ length: count }, (_, index) =>
    replaceText(
      like,
      [...vary].map(([text, texts]) => [text, texts[index % texts.length] ?? text]),
    ),
  );
}

/** Somebody at the domain of the addressee: most sites receive for one or two domains. */
function recipientOf({ like, recipients }: BaselinePlan, number: number): string {
  const domain = domainOf(addresseeOf(like));
  return `person${number % recipients}@${domain === '' ? 'example.com' : domain}`;
}

function addresseeOf(bytes: Buffer): string {
  return readHeader(bytes).addressees[0]?.address ?? '';
}

/** The message to somebody else: where it names its addressee, it names the other. */
function transactionOf(
  bytes: Buffer,
  { id, at, recipient }: { readonly id: string; readonly at: Date; readonly recipient: string },
): Transaction {
  const addressee = addresseeOf(bytes);
  const sent = addressee === '' ? bytes : replaceText(bytes, [[addressee, recipient]]);
  const archived = archivedTransaction({
    id,
    bytes: sent,
    header: readHeader(sent),
    receivedAt: at,
  });
  const envelope = { ...archived.envelope, rcptTo: [recipient], rcptParameters: [''] };
  return { ...archived, envelope };
}

/** What a message like one before teaches, on another day and to somebody else. */
function repeated(
  lesson: Commit,
  {
    id,
    at,
    recipient,
    pseudonym,
  }: {
    readonly id: string;
    readonly at: Date;
    readonly recipient: string;
    readonly pseudonym: Pseudonym;
  },
): Commit {
  const masks = {
    domains: sketchOf([pseudonym(domainOf(recipient))]),
    recipients: sketchOf([pseudonym(recipient)]),
  };
  return {
    ...lesson,
    id,
    day: dayOf(at),
    values: lesson.values.map((touch) => ({ ...touch, ...masks })),
  };
}
