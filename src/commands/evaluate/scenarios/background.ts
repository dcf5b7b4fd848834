import { createRandom } from '../../demo/random.ts';
import type { Message } from '../../../message/message.ts';
import { arrivalsOf, type Stream } from '../streams.ts';
import { honestDelivery, type Delivery } from './delivery.ts';

/** The honest mail of one alias as it would reach a site of several domains, over a path of its own. */
export type Background = {
  readonly stream: Stream;
  readonly deliveries: readonly Delivery[];
};

const dayMs = 86_400_000;
const site = { recipients: 60, domains: 12 };

/** The messages of a stream, each to one of 60 people in 12 domains; the same in every run. */
export async function readBackground(stream: Stream): Promise<Background> {
  const random = createRandom(stream.messages.length);
  const arrivals = arrivalsOf(stream);
  const deliveries: Delivery[] = [];
  for (const [index, archived] of stream.messages.entries()) {
    const message = await stream.parse(archived);
    if (message === null) continue;
    const recipient = recipientAt(random.below(site.recipients));
    deliveries.push(honest(stream, message, arrivals[index] ?? new Date(0), recipient));
  }
  return { stream, deliveries };
}

function honest(stream: Stream, message: Message, receivedAt: Date, recipient: string): Delivery {
  const id = `${stream.address} ${receivedAt.getTime()} ${message.messageId}`;
  return honestDelivery(message, { address: stream.address, recipient, receivedAt, id });
}

/** Somebody at the site; every twelfth of them shares a domain. */
export function recipientAt(index: number): string {
  return `person-${index}@site-${index % site.domains}.example.org`;
}

/** Deliveries from `index` on that arrive within so many days of it. */
export function within(
  { deliveries }: Background,
  index: number,
  days: number,
): readonly Delivery[] {
  const from = timeAt(deliveries, index);
  return deliveries
    .slice(index)
    .filter(({ receivedAt }) => receivedAt.getTime() < from + days * dayMs);
}

export function timeAt(deliveries: readonly Delivery[], index: number): number {
  return deliveries[index]?.receivedAt.getTime() ?? 0;
}

/** Later by so many milliseconds; a signature keeps its age. */
export function postponed(delivery: Delivery, byMs: number): Delivery {
  const later = (time: Date) => new Date(time.getTime() + byMs);
  return {
    ...delivery,
    receivedAt: later(delivery.receivedAt),
    signedAt: later(delivery.signedAt),
    message: {
      ...delivery.message,
      sentAtMs: delivery.message.sentAtMs === null ? null : delivery.message.sentAtMs + byMs,
    },
  };
}

/** Merges deliveries in order of arrival; equal times keep the order given. */
export function inOrder<Item extends { readonly delivery: Delivery }>(
  items: readonly Item[],
): readonly Item[] {
  return items.toSorted(
    (left, right) => left.delivery.receivedAt.getTime() - right.delivery.receivedAt.getTime(),
  );
}
