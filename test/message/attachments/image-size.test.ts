import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { imageSizeOf, judgeImageSize } from '../../../src/message/attachments/image-size.ts';
import { pngHeader, qrJpeg, qrPng } from './samples.ts';

test('the size of an image stands in its header', async () => {
  assert.deepEqual(imageSizeOf(await qrPng('x', 120)), { width: 120, height: 120 });
  assert.deepEqual(imageSizeOf(qrJpeg(['x', 'y'], 2)), { width: 116, height: 58 });
  const gif = Buffer.from('GIF89a\x03\x01\x02\x00\0\0\0', 'latin1');
  assert.deepEqual(imageSizeOf(gif), { width: 259, height: 2 });
  assert.deepEqual(imageSizeOf(pngHeader(70_000, 80_000)), { width: 70_000, height: 80_000 });
});

test('a JPEG with two frame headers is as large as the larger one', () => {
  const small = qrJpeg(['x'], 1);
  const large = qrJpeg(['x'], 9);
  const joined = Buffer.concat([small, large]);
  assert.deepEqual(imageSizeOf(joined), imageSizeOf(large));
});

test('tracking pixels are small, posters large', () => {
  assert.equal(judgeImageSize({ width: 600, height: 1 }), 'small');
  assert.equal(judgeImageSize({ width: 21, height: 21 }), 'fit');
  assert.equal(judgeImageSize({ width: 3840, height: 2160 }), 'fit');
  assert.equal(judgeImageSize({ width: 65_535, height: 65_535 }), 'large');
});

test('any bytes, and any piece of an image, have a size or none', async () => {
  const images = [await qrPng('x'), qrJpeg(['x'])];
  fc.assert(
    fc.property(fc.constantFrom(...images), fc.nat(2000), fc.uint8Array(), (image, at, bytes) => {
      imageSizeOf(image.subarray(0, at));
      imageSizeOf(Buffer.concat([image.subarray(0, at), bytes]));
      assert.equal(imageSizeOf(bytes), null);
    }),
  );
});
