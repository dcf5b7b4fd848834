import { readBarcodes, type ReaderOptions } from 'zxing-wasm/reader';
import type { AttachmentText } from '../attachment-text.ts';
import { imageSizeOf, judgeImageSize, type ImageSize } from './image-size.ts';
import { inflatesAsDeclared } from './png-inflation.ts';
import { createTextCollector } from './text-collector.ts';
import { UnreadableAttachment } from './unreadable-attachment.ts';

/** A picture as a grid of pixels: red, green, blue, opacity, a byte each, row by row. */
export type PixelGrid = ImageSize & { readonly data: Uint8ClampedArray };

/** Raster or encoded image: what the decoder takes. */
type Picture = Parameters<typeof readBarcodes>[0];

const options: ReaderOptions = {
  formats: ['QRCode'],
  maxNumberOfSymbols: 4,
  textMode: 'Plain',
  tryHarder: true,
};

/**
 * What the QR codes in a PNG, JPEG or GIF say, up to four, or null where there are none.
 * @throws UnreadableAttachment when the image is larger than its header says, or cannot be decoded.
 */
export async function readQrCodes(image: Uint8Array): Promise<AttachmentText | null> {
  const size = imageSizeOf(image);
  if (size === null || judgeImageSize(size) !== 'fit')
    throw new UnreadableAttachment('no image of a size that is decoded');
  if (image[0] === 0x89 && !inflatesAsDeclared(image, size))
    throw new UnreadableAttachment('image data do not fit the header');
  return findCodes(image);
}

/** What the QR codes in a picture say, or null. */
export async function readQrCodesInPixels(pixels: PixelGrid): Promise<AttachmentText | null> {
  return findCodes({ ...pixels, colorSpace: 'srgb' } as Picture);
}

async function findCodes(image: Picture): Promise<AttachmentText | null> {
  const collector = createTextCollector();
  for (const { error, text } of await readBarcodes(image, options)) {
    if (error !== '') throw new UnreadableAttachment(error);
    collector.addTarget(text);
  }
  return collector.text('qr-code');
}
