import { constants, inflateSync } from 'node:zlib';
import type { ImageSize } from './image-size.ts';

/** Most that a pixel takes: four samples of 16 bits (PNG third edition §11.2.1). */
const maxBytesPerPixel = 8;

/** Filter bytes of the lines, in the seven passes of an interlaced image. */
const filterBytes = ({ height }: ImageSize) => 2 * height + 8;

/**
 * Whether the image data of a PNG inflate to no more than its header announces. 4 MB of deflate can hold 4 GB, and the
 * decoder would make room for them.
 */
export function inflatesAsDeclared(png: Uint8Array, size: ImageSize): boolean {
  try {
    inflateSync(imageDataOf(png), {
      maxOutputLength: size.width * size.height * maxBytesPerPixel + filterBytes(size),
      // Image data whose end is cut off are the decoder's business.
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    return true;
  } catch {
    return false;
  }
}

/** The IDAT chunks joined (PNG third edition §5.3). */
function imageDataOf(png: Uint8Array): Buffer {
  const bytes = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  const data: Buffer[] = [];
  for (let chunk = 8; chunk + 8 <= bytes.length;) {
    const length = bytes.readUInt32BE(chunk);
    if (bytes.toString('latin1', chunk + 4, chunk + 8) === 'IDAT')
      data.push(bytes.subarray(chunk + 8, chunk + 8 + length));
    chunk += 12 + length;
  }
  return Buffer.concat(data);
}
