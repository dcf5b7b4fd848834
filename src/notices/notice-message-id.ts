import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Message-ID of a notice of ours. It bears a seal, so that we know our own notices when one comes back to us, and an
 * attacker cannot keep mail from being told of by writing such an id on it.
 */
export function noticeMessageId(notice: string, host: string, key: Buffer): string {
  return `<notice.${notice}.${sealOf(notice, key)}@${host}>`;
}

/** Whether this Message-ID was made with one of the keys. */
export function isOwnNotice(messageId: string, keys: Iterable<Buffer>): boolean {
  const [, notice = '', seal = ''] =
    /^<notice\.([0-9a-z]{20})\.([0-9a-f]{20})@[^<>\s]+>$/.exec(messageId.trim()) ?? [];
  if (seal === '') return false;
  for (const key of keys)
    if (timingSafeEqual(Buffer.from(sealOf(notice, key)), Buffer.from(seal))) return true;
  return false;
}

function sealOf(notice: string, key: Buffer): string {
  return createHmac('sha256', key).update(`notice\0${notice}`).digest('hex').slice(0, 20);
}
