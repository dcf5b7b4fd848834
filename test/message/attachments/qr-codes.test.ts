import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { loadQrDecoder } from '../../../src/message/attachments/load-qr-decoder.ts';
import { readQrCodes } from '../../../src/message/attachments/qr-codes.ts';
import { UnreadableAttachment } from '../../../src/message/attachments/unreadable-attachment.ts';
import { pngHeader, qrJpeg, qrPng } from './samples.ts';

before(loadQrDecoder);

test('a web address is a link, anything else is text to act on', async () => {
  const text = async (payload: string) => readQrCodes(await qrPng(payload));
  assert.deepEqual(await text('HTTPS://ELM.EXAMPLE/A'), {
    kind: 'qr-code',
    blocks: [],
    links: ['HTTPS://ELM.EXAMPLE/A'],
  });
  for (const payload of ['tel:+18084701234', 'Call +1 808 470 1234', 'elm.example/pay'])
    assert.deepEqual(await text(payload), { kind: 'qr-code', blocks: [payload], links: [] });
});

test('several codes in one JPEG are all read', async () => {
  const payloads = ['https://elm.example/1', 'https://elm.example/2'];
  const text = await readQrCodes(qrJpeg(payloads));
  assert.deepEqual(text?.links.toSorted(), payloads);
});

test('an image without a code says nothing', async () => {
  const row = Buffer.concat([Buffer.alloc(1), Buffer.alloc(4 * 100, 255)]);
  const blank = pngHeader(100, 100, deflateSync(Buffer.concat(Array<Buffer>(100).fill(row))));
  assert.equal(await readQrCodes(blank), null);
});

test('an image that inflates to more than its header says is refused before it is decoded', async () => {
  const bomb = pngHeader(100, 100, deflateSync(Buffer.alloc(50_000_000)));
  assert.ok(bomb.length < 100_000);
  await assert.rejects(readQrCodes(bomb), /do not fit the header/);
});

test('huge, tiny and broken images are refused', async () => {
  const image = await qrPng('x');
  for (const broken of [
    pngHeader(65_000, 65_000),
    pngHeader(1, 1),
    pngHeader(100, 100),
    image.subarray(0, 60),
    Buffer.alloc(0),
  ])
    await assert.rejects(readQrCodes(broken), UnreadableAttachment);
});

test('any image with any bytes in it is read or refused, never more', async () => {
  const images = [await qrPng('https://elm.example/', 80), qrJpeg(['https://elm.example/'], 2)];
  const someImage = fc.constantFrom(...images);
  await fc.assert(
    fc.asyncProperty(
      someImage,
      fc.nat(),
      fc.nat(50),
      fc.uint8Array(),
      async (image, at, cut, bytes) => {
        const from = at % image.length;
        const damaged = Buffer.concat([image.subarray(0, from), bytes, image.subarray(from + cut)]);
        await readQrCodes(damaged).catch((error: unknown) => {
          assert.ok(error instanceof UnreadableAttachment, String(error));
        });
      },
    ),
  );
});
