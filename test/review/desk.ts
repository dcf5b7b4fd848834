import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCatalogue } from '../../src/alias/catalogue.ts';
import type { AuditRecord } from '../../src/audit/audit-log.ts';
import { dayOf } from '../../src/baseline/ledger.ts';
import { openStore } from '../../src/baseline/open-store.ts';
import { defaultStoreLimits, type BaselineStore, type Commit } from '../../src/baseline/store.ts';
import { createPseudonym } from '../../src/features/hash.ts';
import { defaultLedgerLimits, type OrganizationLedgers } from '../../src/organization/ledgers.ts';
import { openOrganization } from '../../src/organization/open-organization.ts';
import { defaultQuarantineDays, expiryOf } from '../../src/quarantine/expiry.ts';
import { openHeldMail, type HeldMail } from '../../src/quarantine/open-held-mail.ts';
import type { HeldMessage } from '../../src/quarantine/quarantine.ts';
import {
  campaignOfRecord,
  joinMessages,
  storedCampaign,
} from '../../src/review/campaign-record.ts';
import { createReview } from '../../src/review/create-review.ts';
import { openReviewStore } from '../../src/review/open-review-store.ts';
import type { Review, Reviewer } from '../../src/review/review.ts';
import type { ReviewDependencies } from '../../src/review/review-dependencies.ts';
import type { ReviewStore } from '../../src/review/review-store.ts';
import { keepStandingReviews, type KnownReviews } from '../../src/review/standing-reviews.ts';
import { noted, recordOf, type WatchedMessage } from '../../src/review/watched-message.ts';
import type { Content } from '../../src/smtp/content.ts';
import { deliverOnce } from '../../src/smtp/deliver-once.ts';
import { plainRoute } from '../../src/smtp/next-hop-settings.ts';
import type { Envelope } from '../../src/smtp/transaction.ts';
import { newTransactionId } from '../../src/smtp/transaction-id.ts';
import { heldMessage, prefix, content } from '../quarantine/samples.ts';
import { shippedRuleSet } from '../support/shipped-rule-set.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';

export const operator: Reviewer = { kind: 'operator', name: 'ann', via: 'command' };
export const why = { reason: 'asked the vendor' };

const { lists } = shippedRuleSet;
export const alias = 'billing-vendor-test';
export const otherAlias = 'news-other-test';
const catalogue = createCatalogue([], ['billing@vendor.test', 'news@other.test']);
export const pseudonym = createPseudonym(Buffer.alloc(32, 7));
export const now = new Date();
export const today = dayOf(now);

/** A reviewer's desk: real quarantine, stores and next hop; what is recorded is kept in a list. */
export type Desk = AsyncDisposable & {
  readonly folder: string;
  readonly review: Review;
  /** The same, as another process has it. */
  readonly elsewhere: Review;
  readonly store: ReviewStore;
  readonly standing: KnownReviews;
  readonly quarantine: HeldMail;
  readonly baselines: BaselineStore;
  readonly organization: OrganizationLedgers;
  readonly nextHop: SmtpRecorder;
  readonly audited: AuditRecord[];
  /** Makes the audit log fail from now on, or work again. */
  readonly breakAudit: (broken?: boolean) => void;
  readonly hold: (changes?: Partial<HeldMessage>) => Promise<string>;
  readonly pass: (changes?: Partial<WatchedMessage>) => Promise<string>;
  /** Values and counters of the alias, matured. */
  readonly learned: (of?: string) => Promise<unknown>;
};

/** `wrap` stands between the review, not the other process's, and what it touches. */
export async function openDesk(
  location: string,
  wrap = (deps: ReviewDependencies): ReviewDependencies => deps,
): Promise<Desk> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'aliaswatch-desk-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const spec = location === 'sqlite' ? `sqlite:${join(folder, 'baselines.db')}` : location;
  const timeoutMs = 2000;
  const store = opened.use(await openReviewStore(spec, { timeoutMs }));
  const baselines = opened.use(await openStore(spec, { limits: defaultStoreLimits, timeoutMs }));
  const organization = opened.use(
    await openOrganization(spec, {
      limits: defaultLedgerLimits,
      timeoutMs,
      pseudonym,
      events: {
        onLookup: () => undefined,
        onLost: (_, error) => {
          throw error;
        },
      },
    }),
  );
  const standing = opened.use(
    await keepStandingReviews({
      store,
      onFailed: (error) => {
        throw error;
      },
    }),
  );
  const openHeld = async () =>
    opened.use(
      await openHeldMail({
        directory: join(folder, 'quarantine'),
        store: spec,
        storeTimeoutMs: timeoutMs,
        keyFile: null,
        maxBytes: null,
        onIndexFailed: (error) => {
          throw error;
        },
      }),
    );
  const quarantine = await openHeld();
  const nextHop = opened.use(await SmtpRecorder.start());
  const audited: AuditRecord[] = [];
  const audit = { broken: false };
  const route = plainRoute(nextHop.address, 'mx.test');
  const deps = {
    quarantine,
    baselines,
    organization,
    pseudonym,
    audit: {
      append: (record: AuditRecord) => {
        if (audit.broken) return Promise.reject(new Error('audit log: the disk is full'));
        audited.push(record);
        return Promise.resolve();
      },
    },
    deliver: (envelope: Envelope, mail: Content) => deliverOnce(route, envelope, mail),
    rules: () => ({ catalogue, lists }),
    now: () => new Date(),
  };
  const otherQuarantine = await openHeld();
  const otherStore = opened.use(await openReviewStore(spec, { timeoutMs }));
  const owned = opened.move();
  return {
    folder,
    review: createReview(wrap({ ...deps, store, onChange: standing.refresh })),
    elsewhere: createReview({ ...deps, store: otherStore, quarantine: otherQuarantine }),
    store,
    standing,
    quarantine,
    baselines,
    organization,
    nextHop,
    audited,
    breakAudit: (broken = true) => {
      audit.broken = broken;
    },
    hold: async (changes = {}) => {
      const id = newTransactionId(now);
      const lesson = lessonFor(id, changes.alias ?? alias);
      const heldAt = now.toISOString();
      const expiresAt = expiryOf(heldAt, defaultQuarantineDays);
      const held = heldMessage({ id, alias, heldAt, expiresAt, lesson, ...changes });
      await quarantine.hold(held, prefix, content);
      return id;
    },
    pass: async (changes = {}) => {
      const id = newTransactionId(now);
      const message = watched({ id, taught: lessonFor(id, changes.alias ?? alias), ...changes });
      if (message.taught !== null) await baselines.commit(message.taught);
      await store.put('message', [recordOf(noted(message), pseudonym)]);
      if (message.campaign !== '')
        await store.change('campaign', message.campaign, (found) =>
          storedCampaign(joinMessages(found && campaignOfRecord(found), [message])),
        );
      return id;
    },
    learned: async (of = alias) => {
      const later = new Date((today + 5) * 86_400_000);
      const { snapshot, values } = await baselines.describe(of, later);
      const sorted = values.toSorted((a, b) => (a.value < b.value ? -1 : 1));
      return { counters: snapshot.counters, values: sorted };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export function lessonFor(id: string, of: string, day = today): Commit {
  return {
    id: `release-${id}`,
    alias: of,
    day,
    counters: { n: 1 },
    values: [
      { table: 'contact', value: '+18025550100', domains: 1, recipients: 2, actors: 4 },
      { table: 'domain', value: `${id}.example`, domains: 1, recipients: 2, actors: 4 },
    ],
  };
}

export function watched(changes: Partial<WatchedMessage> = {}): WatchedMessage {
  return {
    id: newTransactionId(now),
    at: now.toISOString(),
    alias,
    messageId: '<1@vendor.test>',
    from: 'billing@vendor.test',
    subject: 'Invoice for Jo',
    recipients: ['jo@example.test'],
    scoreBits: 1,
    verdict: 'clean',
    action: 'pass',
    isHeld: false,
    reply: '250 2.0.0 Ok: queued as R1',
    campaign: '',
    keys: [],
    telling: [],
    values: [],
    taught: null,
    takenBack: null,
    lesson: null,
    sightings: null,
    ...changes,
  };
}
