import { unauthenticated } from '../../authentication/results.ts';
import { historyOf } from '../../baseline/history.ts';
import { dayOf } from '../../baseline/ledger.ts';
import { isEstablished } from '../../baseline/novelty.ts';
import type { BaselineStore } from '../../baseline/store.ts';
import { maturedDays, type ValueRecord } from '../../baseline/value-record.ts';
import type { Alias, Pack } from '../../alias/alias.ts';
import type { ActiveRules } from '../../dependencies.ts';
import type { Policy } from '../../decision/policy.ts';
import { extractFeatures } from '../../features/extract-features.ts';
import type { Sighting } from '../../features/features.ts';
import type { Pseudonym } from '../../features/hash.ts';
import { viewMessage, type FeatureInput } from '../../features/message-view.ts';
import type { HeldMessage } from '../../quarantine/quarantine.ts';
import type { Act, Approval } from '../../review/review.ts';
import { memoryContent } from '../../smtp/content.ts';
import type { ScoreHistogramView } from '../charts/score-histogram.ts';
import type { StoredMessage } from '../preview/stored-message.ts';
import { templateDiff, type TemplateDiff } from '../preview/template-diff.ts';
import { scoresOf } from './alias-view.ts';

/** A value of the message beside what the alias knows of it now. */
export type ValueFound = {
  /** As `approve` calls it. */
  readonly table: string;
  readonly value: string;
  readonly standing: 'vendor' | 'established' | 'approved' | 'young' | 'new';
  readonly days: number;
};

export type LinkFound = { readonly url: string; readonly domain: string };

export type MessagePageView = {
  readonly held: HeldMessage;
  /** A sentence where the bytes cannot be read now. */
  readonly stored: StoredMessage | string;
  /** Null without a baseline to compare with: the store is down, or the body cannot be read. */
  readonly diff: TemplateDiff | null;
  readonly scores: ScoreHistogramView | null;
  readonly values: readonly ValueFound[];
  readonly links: readonly LinkFound[];
  /** What was done about it, newest first. */
  readonly acts: readonly Act[];
  readonly now: Date;
};

export type MessageViewInput = {
  readonly held: HeldMessage;
  readonly stored: StoredMessage | string;
  /** Null where the baseline store does not answer. */
  readonly described: Awaited<ReturnType<BaselineStore['describe']>> | null;
  readonly rules: Pick<ActiveRules, 'catalogue' | 'lists'>;
  /** As it is in force. */
  readonly policy: Pick<Policy, 'tag' | 'quarantine'>;
  readonly pseudonym: Pseudonym;
  readonly approvals: readonly Approval[];
  readonly acts: readonly Act[];
  readonly now: Date;
};

/** Everything the page of one message shows. */
export function messagePageView(input: MessageViewInput): MessagePageView {
  const { held, stored, described, policy, acts, now } = input;
  const features = featureInput(input);
  const view = features === null ? null : viewMessage(features);
  const alias = features?.alias ?? null;
  const isComparable = view !== null && described !== null;
  return {
    held,
    stored,
    diff: isComparable
      ? templateDiff({
          view,
          pack: alias?.pack ?? null,
          described,
          pseudonym: input.pseudonym,
          at: now,
        })
      : null,
    scores:
      described === null ? null : scoresOf(historyOf(described.snapshot), policy, held.scoreBits),
    values: features === null || described === null ? [] : valuesFound(features, described, input),
    links: view?.links.map(({ url, domain }) => ({ url, domain })) ?? [],
    acts: acts.filter(
      ({ subject, effects }) =>
        subject === held.id || effects.some(({ message }) => message === held.id),
    ),
    now,
  };
}

function featureInput({ held, stored, rules, pseudonym }: MessageViewInput): FeatureInput | null {
  const message = typeof stored === 'string' ? null : stored.message;
  if (message === null) return null;
  const alias = rules.catalogue.aliases.find(({ id }) => id === held.alias);
  const address =
    message.from.find((mailbox) => rules.catalogue.find(mailbox.address)?.id === held.alias)
      ?.address ??
    message.from[0]?.address ??
    '';
  const { id, connection, envelope, heldAt } = held;
  const content = memoryContent(Buffer.alloc(0));
  return {
    transaction: { id, receivedAt: new Date(heldAt), connection, envelope, content },
    message,
    authentication: unauthenticated,
    lists: rules.lists,
    pseudonym,
    address,
    ...(alias === undefined ? {} : { alias }),
  };
}

/** Tables of values that a person can read and may approve. */
const shownTables: ReadonlySet<string> = new Set(['domain', 'contact', 'reply-to', 'mail-from']);
const mostValues = 60;

function valuesFound(
  features: FeatureInput,
  described: NonNullable<MessageViewInput['described']>,
  { approvals, now }: MessageViewInput,
): readonly ValueFound[] {
  const name = (table: string, value: string) => `${table} ${value}`;
  const records = new Map(
    described.values.map(({ table, value, record }) => [name(table, value), record]),
  );
  const context = {
    reach: records.get('reach *') ?? null,
    today: dayOf(now),
    pack: features.alias?.pack ?? null,
    approved: new Set(
      approvals
        .filter(({ expiresAt }) => Date.parse(expiresAt) > now.getTime())
        .filter(({ alias }) => alias === features.alias?.id)
        .map(({ table, value }) => name(table, value)),
    ),
  };
  const found = new Map<string, ValueFound>();
  for (const sighting of extractFeatures(features).sightings) {
    const key = name(sighting.table, sighting.value);
    const isShown =
      shownTables.has(sighting.table) &&
      sighting.signal !== 'spf' &&
      !sighting.value.startsWith('.');
    if (!isShown || found.has(key) || found.size >= mostValues) continue;
    const record = records.get(key) ?? null;
    found.set(key, {
      table: sighting.table === 'contact' ? sighting.signal : sighting.table,
      value: sighting.value,
      standing: standingOf(sighting, record, context),
      days: record === null ? 0 : maturedDays(record, context.today),
    });
  }
  const order = ['new', 'young', 'approved', 'established', 'vendor'];
  return [...found.values()].sort(
    (left, right) => order.indexOf(left.standing) - order.indexOf(right.standing),
  );
}

function standingOf(
  { table, value }: Sighting,
  record: ValueRecord | null,
  {
    reach,
    today,
    pack,
    approved,
  }: {
    readonly reach: ValueRecord | null;
    readonly today: number;
    readonly pack: Pack | null;
    readonly approved: ReadonlySet<string>;
  },
): ValueFound['standing'] {
  if (pack !== null && packLists(pack)[table]?.includes(value) === true) return 'vendor';
  if (approved.has(`${table} ${value}`)) return 'approved';
  if (isEstablished(table, record, reach, today)) return 'established';
  return record === null ? 'new' : 'young';
}

function packLists(pack: NonNullable<Alias['pack']>): Readonly<Record<string, readonly string[]>> {
  return {
    domain: pack.linkDomains,
    contact: pack.phones,
    'reply-to': pack.replyToDomains,
    'mail-from': pack.bounceDomains,
  };
}
