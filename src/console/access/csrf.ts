import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Client } from './client.ts';

/**
 * Hidden field of every form, bound to the cookie that the browser has: whoever can not read our pages can not know it,
 * and one of another session is no good.
 */
export function csrfToken(cookie: string): string {
  return createHmac('sha256', cookie).update('aliaswatch form').digest('base64url');
}

export function isCsrfToken(given: unknown, cookie: string): boolean {
  if (typeof given !== 'string') return false;
  const [sent, expected] = [Buffer.from(given), Buffer.from(csrfToken(cookie))];
  return sent.length === expected.length && timingSafeEqual(sent, expected);
}

/**
 * Whether a request that changes something was sent by a page of ours: `Sec-Fetch-Site`, which no page can forge, or else
 * `Origin` (RFC 6454 §7). Browsers send one of the two; where neither is there, no browser page of ours sent it.
 */
export function isFromOurPage({ headers }: IncomingMessage, { origin }: Client): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  if (headers.origin !== undefined) return headers.origin === origin;
  return site === 'same-origin';
}

/** Whether a browser sent it for a page of another site. */
export function isFromOtherSite({ headers }: IncomingMessage, { origin }: Client): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  return headers.origin !== undefined && headers.origin !== origin;
}
