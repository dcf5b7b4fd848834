import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { attachmentLure } from '../../../src/commands/evaluate/inject.ts';
import { createParser } from '../../../src/commands/evaluate/streams.ts';
import type { AttachmentText } from '../../../src/message/attachment-text.ts';
import { createAttachmentReader } from '../../../src/message/attachments/attachment-reader.ts';
import { pageText, pdfOf, qrPng } from '../../message/attachments/samples.ts';
import { lureBank } from './lure-bank.ts';

const reader = createAttachmentReader({ onPart: () => undefined });
after(() => reader[Symbol.asyncDispose]());
const parse = createParser((parts) => reader.read(parts, 60_000));

/** A message that carries a real file saying what the lure says. */
async function mailWith(lure: AttachmentText): Promise<Buffer> {
  const { type, content } = await fileOf(lure);
  return Buffer.from(
    [
      'From: Shop <shop@example.com>',
      'To: ana@example.org',
      'Subject: Your parcel',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'One.',
      '--b',
      `Content-Type: ${type}`,
      'Content-Transfer-Encoding: base64',
      '',
      content.toString('base64').replace(/.{76}/g, '$&\r\n'),
      '--b--',
      '',
    ].join('\r\n'),
  );
}

async function fileOf({ kind, blocks, links }: AttachmentText) {
  if (kind === 'calendar')
    return { type: 'text/calendar; charset=utf-8', content: Buffer.from(calendarOf(blocks)) };
  if (kind === 'pdf')
    return { type: 'application/pdf', content: pdfOf({ pages: [pageText(...blocks)] }) };
  return { type: 'image/png', content: await qrPng(links[0] ?? blocks[0] ?? '') };
}

function calendarOf([summary = '', description = '']: readonly string[]): string {
  return [
    'BEGIN:VCALENDAR',
    'BEGIN:VEVENT',
    'DTSTART:20261130T090000Z',
    `SUMMARY:${summary}`,
    `DESCRIPTION:${description.replace(/[,;]/g, '\\$&')}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ].join('\r\n');
}

for (const [kind, index] of [
  ['h-ics', 1],
  ['h-pdf', 1],
  ['h-qr', 2],
  ['h-qr', 3],
] as const) {
  test(`${kind} ${index}: what is injected is what the readers make of a real file`, async () => {
    const lure = attachmentLure(kind, { bank: lureBank, index });
    const bytes = await mailWith(lure);
    const message = await parse({ bytes, arrivedAt: null, source: kind });
    assert.deepEqual(message?.attachments, [lure]);
  });
}
