import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { Pseudonym } from '../features/hash.ts';
import {
  campaignOfRecord,
  joinMessages,
  storedCampaign,
  type CampaignRecord,
} from './campaign-record.ts';
import { copiesBefore } from './copies-before.ts';
import type { ReviewStore } from './review-store.ts';
import { weighedChunks } from './weighed-chunks.ts';
import { aliasTag, bulkTag, isBulky, noted, recordOf, watchedMessage } from './watched-message.ts';
import type { NotedMessage, PassedWatched } from './watched-message.ts';

export type MessageIndexEvents = {
  /** So many messages that passed are not remembered, so that their campaign will not list them. */
  readonly onLost: (messages: number, error: unknown) => void;
  /** A campaign was seen for the first time, so long after the first of so many copies that passed unflagged. */
  readonly onCampaign?: (undetectedMs: number, copies: number) => void;
};

/** Remembers watched mail that passed or was held. Disposing stores what is waiting. */
export type MessageIndex = AsyncDisposable & {
  /** Takes note, in memory; stored within about a second. Never throws. */
  readonly record: (message: PassedWatched) => void;
  /** Stores what has been noted so far. */
  readonly flush: () => Promise<void>;
};

export type MessageIndexOptions = {
  readonly store: ReviewStore;
  readonly pseudonym: Pseudonym;
  readonly events: MessageIndexEvents;
  /** Told of messages once they are stored. */
  readonly onStored?: (messages: readonly NotedMessage[]) => Promise<void>;
  readonly mostPerAlias?: number;
  /** Of messages to more than a hundred. */
  readonly mostBulkyPerAlias?: number;
};

const batch = { waitMs: 1000, messages: 200 };
/** A message is stored under each of its recipients, and no fewer names than so many. */
const atOnce = { names: 1000, leastNames: 40 };
/** How much may wait while the store does not take them. */
const capacity = { messages: 5000, recipients: 500_000 };
const defaultMostPerAlias = 10_000;
const defaultMostBulkyPerAlias = 1000;

/** Written beside the message path: what cannot be stored is an event, never a delay. */
export function createMessageIndex({
  store,
  pseudonym,
  events,
  onStored = () => Promise.resolve(),
  mostPerAlias = defaultMostPerAlias,
  mostBulkyPerAlias = defaultMostBulkyPerAlias,
}: MessageIndexOptions): MessageIndex {
  let waiting: NotedMessage[] = [];
  let waitingRecipients = 0;
  let underWay: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;

  const storeWaiting = async (): Promise<void> => {
    const messages = waiting;
    waiting = [];
    waitingRecipients = 0;
    if (messages.length === 0) return;
    try {
      for (const chunk of weighedChunks(messages, namesOf, atOnce.names)) {
        await store.put(
          'message',
          chunk.map((message) => recordOf(message, pseudonym)),
        );
        // A store in a file never waits, and mail would.
        await yieldToOthers();
      }
      for (const campaign of await joinCampaigns(store, messages)) {
        const { undetectedMs, copies } = await copiesBefore(store, campaign);
        events.onCampaign?.(undetectedMs, copies);
      }
      for (const alias of aliasesOf(messages.filter(isBulky)))
        await store.bound('message', bulkTag(alias), mostBulkyPerAlias);
      for (const alias of aliasesOf(messages))
        await store.bound('message', aliasTag(alias), mostPerAlias);
      await onStored(messages);
    } catch (error) {
      events.onLost(messages.length, error);
    }
  };
  /** One batch at a time: while a store hangs, nobody waits in line for every message. */
  const storeBatch = (): Promise<void> => {
    underWay ??= storeWaiting().finally(() => {
      underWay = null;
      if (waiting.length > 0) storeSoon();
    });
    return underWay;
  };
  const storeSoon = (): void => {
    if (underWay !== null) return;
    if (waiting.length >= batch.messages) void storeBatch();
    else timer ??= setTimeout(() => ((timer = null), void storeBatch()), batch.waitMs).unref();
  };
  const flush = async (): Promise<void> => {
    while (waiting.length > 0 || underWay !== null) await storeBatch();
  };
  return {
    record: (passed) => {
      try {
        const message = watchedMessage(passed);
        if (message === null) return;
        const recipients = waitingRecipients + message.recipients.length;
        if (waiting.length >= capacity.messages || recipients > capacity.recipients)
          throw new Error('more passes than can be stored');
        waiting.push(noted(message));
        waitingRecipients = recipients;
        storeSoon();
      } catch (error) {
        events.onLost(1, error);
      }
    },
    flush,
    [Symbol.asyncDispose]: async () => {
      if (timer !== null) clearTimeout(timer);
      await flush();
    },
  };
}

function namesOf({ recipients }: NotedMessage): number {
  return Math.max(recipients.length, atOnce.leastNames);
}

function aliasesOf(messages: readonly NotedMessage[]): ReadonlySet<string> {
  return new Set(messages.map(({ alias }) => alias));
}

/** Gives the campaigns that nobody had seen. */
async function joinCampaigns(
  store: ReviewStore,
  messages: readonly NotedMessage[],
): Promise<readonly CampaignRecord[]> {
  const flagged = messages.filter(({ campaign }) => campaign !== '');
  const added: CampaignRecord[] = [];
  for (const [id, members] of Map.groupBy(flagged, ({ campaign }) => campaign)) {
    const change = { isFirst: false };
    const joined = await store.change('campaign', id, (found) => {
      change.isFirst = found === null;
      return storedCampaign(joinMessages(found && campaignOfRecord(found), members));
    });
    if (change.isFirst && joined !== null) added.push(campaignOfRecord(joined));
  }
  return added;
}
