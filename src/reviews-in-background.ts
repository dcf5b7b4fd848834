import type { Events } from './observability/events.ts';
import type { StandingReviews } from './judge.ts';
import { completeAttacks, forgetMissed } from './review/confirm-attack.ts';
import { createReview } from './review/create-review.ts';
import { eraseRecipient } from './review/erase-recipient.ts';
import { createMessageIndex, type MessageIndex } from './review/message-index.ts';
import { openReviewStore } from './review/open-review-store.ts';
import type { Review } from './review/review.ts';
import type { ReviewDependencies } from './review/review-dependencies.ts';
import { keepStandingReviews } from './review/standing-reviews.ts';

export type StartReviewsOptions = Omit<ReviewDependencies, 'store' | 'flush' | 'onChange'> & {
  readonly settings: { readonly store: string; readonly storeTimeoutMs: number };
  readonly events: Pick<
    Events,
    'campaignFound' | 'reviewMessagesLost' | 'reviewsNotRead' | 'reviewed'
  >;
};

/** What reviewers may do, what scoring heeds of it, and what is remembered for them. */
export type RunningReviews = AsyncDisposable & {
  readonly review: Review;
  readonly standing: StandingReviews;
  readonly remember: MessageIndex['record'];
  /** Takes a person out of what is remembered; gives how many records changed. */
  readonly eraseRecipient: (address: string) => Promise<number>;
};

/** Owns the review store, which belongs to the baseline store. */
export async function startReviews({
  settings,
  events,
  ...given
}: StartReviewsOptions): Promise<RunningReviews> {
  await using opened = new AsyncDisposableStack();
  const { pseudonym } = given;
  const store = opened.use(
    await openReviewStore(settings.store, { timeoutMs: settings.storeTimeoutMs }),
  );
  const standing = opened.use(
    await keepStandingReviews({ store, onFailed: events.reviewsNotRead }),
  );
  const index = opened.use(
    createMessageIndex({
      store,
      pseudonym,
      events: { onLost: events.reviewMessagesLost, onCampaign: events.campaignFound },
      onStored: async (messages) => {
        await completeAttacks({ ...given, store }, messages);
        // Who confirmed an attack before these were stored did not find them, and word of it may not be here yet.
        await standing.refresh();
        await forgetMissed({ ...given, store }, standing.attacks(), messages);
      },
    }),
  );
  const review = createReview({
    ...given,
    store,
    flush: index.flush,
    onChange: standing.refresh,
    onAct: (act, undone) => {
      events.reviewed(act.kind);
      given.onAct?.(act, undone);
    },
  });
  const owned = opened.move();
  return {
    review,
    standing,
    remember: index.record,
    eraseRecipient: async (address) => {
      await index.flush();
      return eraseRecipient(store, address, pseudonym);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
