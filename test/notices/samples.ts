import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Notice, NoticeEntry } from '../../src/notices/notice.ts';
import type { NoticeLanguages, NoticeTexts } from '../../src/notices/notice-texts.ts';
import type { NoticeSettings } from '../../src/notices/notice-desk.ts';
import { completeSettings } from '../../src/config/settings.ts';

export const messageId = '0mh2q7k1c4x9p0zv5t3b';
export const publicUrl = 'https://held.example.test/mail';

export function entry(changes: Partial<NoticeEntry> = {}): NoticeEntry {
  return {
    id: messageId,
    heldAt: new Date('2026-03-05T06:07:08Z'),
    from: 'billing@vendor.test',
    subject: 'hello',
    reason: 'phone in the subject',
    alias: 'vendor-billing',
    count: 1,
    recipients: [],
    links: null,
    ...changes,
  };
}

export function notice(changes: Partial<Notice> = {}): Notice {
  return {
    kind: 'held',
    to: { address: 'ann@example.test', audience: 'recipient' },
    entries: [entry()],
    total: 1,
    expiry: null,
    linksUntil: null,
    messageId: '<notice.1@mx.test>',
    date: new Date('2026-03-05T07:00:00Z'),
    from: { name: 'Aliaswatch', address: 'aliaswatch@mx.test' },
    host: 'mx.test',
    contactUrl: '',
    recipientRelease: 'request',
    ...changes,
  };
}

/** Read where they are asked for: most of those who use the samples do not. */
export async function shippedLanguages(): Promise<NoticeLanguages> {
  const { shippedRuleSet } = await import('../support/shipped-rule-set.ts');
  return shippedRuleSet.notices;
}

export async function english(): Promise<NoticeTexts> {
  const texts = (await shippedLanguages()).get('en');
  if (texts === undefined) throw new Error('no English notices');
  return texts;
}

export function noticeSettings(
  stateDir: string,
  changes: Partial<NoticeSettings> = {},
): NoticeSettings {
  return { ...completeSettings({ stateDir }, 'mx.test'), noticeTo: ['desk@mx.test'], ...changes };
}

export async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'aliaswatch-notices-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A clock that a test moves. */
export function clock(start = Date.parse('2026-03-05T08:00:00Z')) {
  let atMs = start;
  return {
    now: () => new Date(atMs),
    pass: (ms: number) => {
      atMs += ms;
    },
  };
}

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
