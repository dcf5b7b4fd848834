import { attachmentLimits, minCodeSide } from './attachment-limits.ts';

export type ImageSize = { readonly width: number; readonly height: number };

/** Whether an image of this size is worth decoding: `small` ones are tracking pixels and rules between paragraphs. */
export function judgeImageSize({ width, height }: ImageSize): 'small' | 'fit' | 'large' {
  if (Math.min(width, height) < minCodeSide) return 'small';
  return width * height > attachmentLimits.imagePixels ? 'large' : 'fit';
}

/**
 * Width and height in pixels as the header of a PNG, JPEG or GIF declares them, or null where there is no such header.
 * Reads no image data: a decoder that trusts the header is only started on what this allows.
 */
export function imageSizeOf(content: Uint8Array): ImageSize | null {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const start = bytes.subarray(0, 16).toString('latin1');
  // PNG: the first chunk is IHDR (PNG third edition §5.6).
  if (start === '\x89PNG\r\n\x1a\n\0\0\0\rIHDR' && bytes.length >= 24)
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  if (/^GIF8[79]a/.test(start) && bytes.length >= 10)
    return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  return start.startsWith('\xff\xd8\xff') ? jpegSizeOf(bytes) : null;
}

/**
 * The largest frame header anywhere (ITU-T T.81 B.2.2): no walk over segments that a decoder might walk differently, so
 * none can find a larger frame than we did. A small one in a preview does no harm.
 */
function jpegSizeOf(bytes: Buffer): ImageSize | null {
  let largest: ImageSize | null = null;
  for (
    let marker = bytes.indexOf(0xff);
    marker >= 0 && marker + 10 <= bytes.length;
    marker = bytes.indexOf(0xff, marker + 1)
  ) {
    if (!isFrameHeader(bytes, marker)) continue;
    const size = { height: bytes.readUInt16BE(marker + 5), width: bytes.readUInt16BE(marker + 7) };
    if (largest === null || size.width * size.height > largest.width * largest.height)
      largest = size;
  }
  return largest;
}

/** Baseline, extended or progressive, 8 bits per sample, as long as its components make it. */
function isFrameHeader(bytes: Buffer, marker: number): boolean {
  const type = bytes.readUInt8(marker + 1);
  return (
    type >= 0xc0 &&
    type <= 0xc2 &&
    bytes.readUInt8(marker + 4) === 8 &&
    bytes.readUInt16BE(marker + 2) === 8 + 3 * bytes.readUInt8(marker + 9)
  );
}
