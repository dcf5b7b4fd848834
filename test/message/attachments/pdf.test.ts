import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import type { AttachmentText } from '../../../src/message/attachment-text.ts';
import { loadQrDecoder } from '../../../src/message/attachments/load-qr-decoder.ts';
import { readPdf } from '../../../src/message/attachments/pdf.ts';
import { UnreadableAttachment } from '../../../src/message/attachments/unreadable-attachment.ts';
import { codeBits, compressed, linkAnnotation, pageText, pdfOf } from './samples.ts';

before(loadQrDecoder);

/** The last text of each kind, as the reading thread keeps it. */
async function read(content: Buffer): Promise<readonly AttachmentText[]> {
  const texts = new Map<string, AttachmentText>();
  for await (const text of readPdf(content)) texts.set(text.kind, text);
  return [...texts.values()];
}

test('text comes in paragraphs, links and comments as they are written', async () => {
  const annotations = [
    linkAnnotation('https://elm.example/pay'),
    linkAnnotation('tel:+18084701234'),
    '<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (Ask our help desk) >>',
  ];
  const page = pageText('Your account was charged.', 'Call +1 808 470 1234', '', '', 'Thank you');
  assert.deepEqual(await read(pdfOf({ pages: [page], annotations })), [
    {
      kind: 'pdf',
      blocks: [
        'tel:+18084701234',
        'Ask our help desk',
        'Your account was charged. Call +1 808 470 1234',
        'Thank you',
      ],
      links: ['https://elm.example/pay'],
    },
  ]);
});

test('compressed pages are read, the first ten of them', async () => {
  const pages = Array.from({ length: 12 }, (_, index) => compressed(pageText(`Page ${index + 1}`)));
  const [text] = await read(pdfOf({ pages }));
  assert.equal(text?.blocks.length, 10);
  assert.equal(text.blocks.at(-1), 'Page 10');
});

test('a QR code in a picture on a page is read', async () => {
  const { bits, side } = codeBits('https://elm.example/qr', 5);
  const image = `/Type /XObject /Subtype /Image /Width ${side} /Height ${side} /BitsPerComponent 1`;
  const page = { dictionary: '', data: Buffer.from('q 200 0 0 200 9 9 cm /P0 Do Q') };
  for (const dictionary of [`${image} /ColorSpace /DeviceGray`, `${image} /ImageMask true`]) {
    const pictures = [compressed({ dictionary, data: bits })];
    assert.deepEqual(await read(pdfOf({ pages: [page], pictures })), [
      { kind: 'qr-code', blocks: [], links: ['https://elm.example/qr'] },
    ]);
  }
});

test('a PDF without its table of objects is read', async () => {
  const whole = pdfOf({ pages: [pageText('First'), pageText('Second')] });
  const table = whole.subarray(whole.indexOf('xref'), whole.indexOf('trailer'));
  table.fill(' ');
  const [text] = await read(whole);
  assert.deepEqual(text?.blocks, ['First', 'Second']);
});

test('what is no PDF, or has lost its end, is unreadable', async () => {
  const whole = pdfOf({ pages: [pageText('First')] });
  await assert.rejects(read(whole.subarray(0, whole.indexOf('xref'))), UnreadableAttachment);
  await assert.rejects(read(Buffer.from('%PDF-1.4 but nothing else')), UnreadableAttachment);
  await assert.rejects(read(Buffer.alloc(0)), UnreadableAttachment);
});

test('any piece of a PDF with any bytes in it is read or unreadable, never more', async () => {
  const pages = [compressed(pageText('One')), pageText('Two')];
  const whole = pdfOf({ pages, annotations: [linkAnnotation('https://elm.example/')] });
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length), fc.nat(99), fc.uint8Array(), async (at, cut, bytes) => {
      const damaged = Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at + cut)]);
      const texts = await read(damaged).catch((error: unknown) => {
        assert.ok(error instanceof UnreadableAttachment, String(error));
        return [];
      });
      assert.ok(texts.length <= 2);
    }),
    { numRuns: 60 },
  );
});
