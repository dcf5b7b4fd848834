import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { createAttachmentReader } from '../../../src/message/attachments/attachment-reader.ts';
import { defaultReadingThreadOptions } from '../../../src/message/attachments/reading-thread.ts';
import {
  compressed,
  linkAnnotation,
  pageText,
  partOf,
  pdfOf,
  pngHeader,
  qrJpeg,
  qrPng,
} from './samples.ts';

/** A machine under test may be slow; what is tested here is not how fast it is. */
const patientMs = 60_000;

function open(partLimitMs = patientMs) {
  const seen: string[] = [];
  const reader = createAttachmentReader({
    thread: { ...defaultReadingThreadOptions, partLimitMs, startLimitMs: patientMs },
    onPart: (kind, outcome) => seen.push(`${kind} ${outcome}`),
  });
  return { reader, seen, [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose]() };
}

const invitation = partOf('BEGIN:VCALENDAR\r\nSUMMARY:Call us\r\nEND:VCALENDAR', 'text/calendar');

test('calendars, PDFs and QR codes are read, whatever they call themselves', async () => {
  await using opened = open();
  const pdf = pdfOf({
    pages: [compressed(pageText('Pay here'))],
    annotations: [linkAnnotation('https://elm.example/pdf')],
  });
  const parts = [pdf, await qrPng('https://elm.example/png'), qrJpeg(['tel:+18084701234'])];
  const texts = await opened.reader.read(
    [...parts.map((content) => partOf(content)), invitation, partOf('hello', 'text/plain')],
    patientMs,
  );
  assert.deepEqual(texts, [
    { kind: 'calendar', blocks: ['Call us'], links: [] },
    { kind: 'qr-code', blocks: [], links: ['https://elm.example/png'] },
    { kind: 'qr-code', blocks: ['tel:+18084701234'], links: [] },
    { kind: 'pdf', blocks: ['Pay here'], links: ['https://elm.example/pdf'] },
  ]);
  assert.deepEqual(opened.seen.toSorted(), [
    'calendar read',
    'image read',
    'image read',
    'pdf read',
  ]);
});

test('what is not worth a look, or too much, is counted and not decoded', async () => {
  await using opened = open();
  const blank = deflateSync(Buffer.alloc(401 * 100));
  const texts = await opened.reader.read(
    [
      partOf(pngHeader(1, 1)),
      partOf(pngHeader(60_000, 60_000)),
      partOf(pngHeader(100, 100, blank)),
      partOf(pngHeader(100, 100)),
      partOf('%PDF-1.7'),
      partOf('BEGIN:VCALENDAR'),
    ],
    patientMs,
  );
  assert.deepEqual(texts, []);
  assert.deepEqual(opened.seen.toSorted(), [
    'calendar empty',
    'image empty',
    'image too-large',
    'image too-small',
    'image unreadable',
    'pdf unreadable',
  ]);
});

test('of a thousand attachments the first few are read', async () => {
  await using opened = open();
  const image = await qrPng('https://elm.example/', 60);
  const pdf = pdfOf({ pages: [pageText('Hi')] });
  const parts = Array.from({ length: 500 }, () => [partOf(image), partOf(pdf)]).flat();
  const texts = await opened.reader.read(parts, patientMs);
  assert.equal(texts.length, 19);
  assert.equal(opened.seen.length, 1000);
  assert.equal(opened.seen.filter((seen) => seen.endsWith('too-many')).length, 981);
});

test('a PDF bomb is stopped, and the next message is read', async () => {
  await using opened = open(3000);
  const page = compressed({ dictionary: '', data: Buffer.alloc(100_000_000, ' ') });
  const bomb = pdfOf({
    pages: [pageText('Pay here'), ...Array<typeof page>(9).fill(page)],
    annotations: [linkAnnotation('https://elm.example/bomb')],
  });
  await opened.reader.warm();
  // What was found before the bomb went off is kept.
  assert.deepEqual(await opened.reader.read([partOf(bomb)], patientMs), [
    { kind: 'pdf', blocks: ['Pay here'], links: ['https://elm.example/bomb'] },
  ]);
  const next = await opened.reader.read([partOf(await qrPng('tel:1'))], patientMs);
  assert.equal(next.length, 1);
  assert.deepEqual(opened.seen, ['pdf timeout', 'image read']);
});

test('calendars are read even when there is no time', async () => {
  await using opened = open();
  const texts = await opened.reader.read([invitation, partOf(await qrPng('x'))], -1);
  assert.deepEqual(opened.seen.toSorted(), ['calendar read', 'image busy']);
  assert.equal(texts.length, 1);
});
