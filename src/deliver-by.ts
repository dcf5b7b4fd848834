import type { Content } from './smtp/content.ts';
import { deliverOnce } from './smtp/deliver-once.ts';
import type { NextHopRoute } from './smtp/next-hop-settings.ts';
import { reply, type Reply } from './smtp/reply.ts';
import type { Envelope } from './smtp/transaction.ts';

const noNextHop = reply(451, '4.4.1', 'There is no next hop to send it to: set nextHop');

/** How mail goes out where there is no live client (a release, a notice); without a route it waits. */
export function deliverBy(
  route: NextHopRoute | null,
): (envelope: Envelope, content: Content) => Promise<Reply> {
  return (envelope, content) =>
    route === null ? Promise.resolve(noNextHop) : deliverOnce(route, envelope, content);
}
