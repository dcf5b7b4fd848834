import type { Header } from '../message/header.ts';
import type { ArchivedMessage } from './mbox.ts';

/** What the archive says, else our own server's Received field (the topmost), else the sender's Date; null without any. */
export function arrivalOf(
  { arrivedAt }: ArchivedMessage,
  { fields, sentAtMs }: Header,
): Date | null {
  if (arrivedAt !== null) return arrivedAt;
  const received = fields.find(({ name }) => name === 'received')?.body ?? '';
  // RFC 5322 §3.6.7: the date follows the last semicolon.
  const time = Date.parse(
    received
      .slice(received.lastIndexOf(';') + 1)
      .replace(/\([^)]{0,200}\)/g, '')
      .trim(),
  );
  if (!Number.isNaN(time)) return new Date(time);
  return sentAtMs === null ? null : new Date(sentAtMs);
}
