import { LRUCache } from 'lru-cache';
import { hashSecret } from './access/access-file.ts';
import type { Frame } from './frame.ts';

type Notice = NonNullable<Frame['notice']>;

/** What a form did, for the next page of the same browser, once. */
export type NoticesShown = {
  readonly leave: (cookie: string, notice: Notice) => void;
  readonly take: (cookie: string) => Notice | null;
};

const maxBrowsers = 1000;
const keptMs = 5 * 60_000;
const maxLength = 2000;

export function createNoticesShown(): NoticesShown {
  const left = new LRUCache<string, Notice>({ max: maxBrowsers, ttl: keptMs });
  return {
    leave: (cookie, { kind, text }) =>
      void left.set(hashSecret(cookie), { kind, text: text.slice(0, maxLength) }),
    take: (cookie) => {
      const key = hashSecret(cookie);
      const notice = left.get(key) ?? null;
      left.delete(key);
      return notice;
    },
  };
}
