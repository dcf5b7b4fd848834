import { getResolvedPDFJS } from 'unpdf';
import { judgeImageSize } from './image-size.ts';
import type { PixelGrid } from './qr-codes.ts';

/** The part of a PDF.js page that pictures come from. */
export type PdfPageObjects = {
  readonly getOperatorList: () => Promise<{
    readonly fnArray: readonly number[];
    readonly argsArray: readonly unknown[];
  }>;
  readonly objs: PdfObjects;
  readonly commonObjs: PdfObjects;
};

type PdfObjects = { readonly get: (key: string, callback: (value: unknown) => void) => unknown };

/** How PDF.js hands a decoded picture over: `kind` is 1 (a bit per pixel), 2 (RGB) or 3 (RGBA). */
type DecodedPicture = {
  readonly width: number;
  readonly height: number;
  readonly kind?: number;
  readonly data: Uint8Array | Uint8ClampedArray;
};

const maxPictures = 8;

/** The pictures painted on a page that are large enough to hold a QR code, at most eight. */
export async function* picturesOf(page: PdfPageObjects): AsyncGenerator<PixelGrid> {
  const { OPS } = await getResolvedPDFJS();
  const painting: ReadonlySet<number> = new Set([
    OPS.paintImageXObject,
    OPS.paintInlineImageXObject,
    OPS.paintImageMaskXObject,
  ]);
  const { fnArray, argsArray } = await page.getOperatorList();
  const seen = new Set<unknown>();
  for (const [index, operator] of fnArray.entries()) {
    const [painted] = (argsArray[index] ?? []) as readonly unknown[];
    if (!painting.has(operator) || seen.has(painted)) continue;
    seen.add(painted);
    if (seen.size > maxPictures) return;
    const picture = await decoded(painted, page);
    if (isDecoded(picture) && judgeImageSize(picture) === 'fit') yield toPixels(picture);
  }
}

/** A name of an object that PDF.js is still decoding, the object itself, or an object whose data are elsewhere. */
async function decoded(painted: unknown, page: PdfPageObjects): Promise<unknown> {
  if (typeof painted === 'string') return objectNamed(painted, page);
  const data = (painted as { readonly data?: unknown } | undefined)?.data;
  return typeof data === 'string'
    ? { ...(painted as object), ...((await objectNamed(data, page)) as object) }
    : painted;
}

function objectNamed(name: string, { objs, commonObjs }: PdfPageObjects): Promise<unknown> {
  return new Promise((resolve) => (name.startsWith('g_') ? commonObjs : objs).get(name, resolve));
}

function isDecoded(picture: unknown): picture is DecodedPicture {
  return (
    typeof picture === 'object' &&
    picture !== null &&
    'data' in picture &&
    ArrayBuffer.isView(picture.data) &&
    'width' in picture &&
    'height' in picture
  );
}

function toPixels({ width, height, data, kind }: DecodedPicture): PixelGrid {
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  if (kind === 3) pixels.set(data.subarray(0, pixels.length));
  else if (kind === 2) fromColours(data, pixels);
  else fromBits(data, pixels, width);
  return { width, height, data: pixels };
}

function fromColours(data: DecodedPicture['data'], pixels: Uint8ClampedArray): void {
  for (let from = 0, to = 0; to < pixels.length; from += 3, to += 4) {
    pixels[to] = data[from] ?? 0;
    pixels[to + 1] = data[from + 1] ?? 0;
    pixels[to + 2] = data[from + 2] ?? 0;
  }
}

/** Rows begin at a byte (ISO 32000-1 §8.9.3). A mask may be inverted; the decoder of QR codes tries both. */
function fromBits(data: DecodedPicture['data'], pixels: Uint8ClampedArray, width: number): void {
  const rowBytes = (width + 7) >> 3;
  for (let pixel = 0; pixel * 4 < pixels.length; pixel++) {
    const column = pixel % width;
    const byte = data[((pixel - column) / width) * rowBytes + (column >> 3)] ?? 0;
    const shade = ((byte >> (7 - (column & 7))) & 1) * 255;
    pixels[pixel * 4] = pixels[pixel * 4 + 1] = pixels[pixel * 4 + 2] = shade;
  }
}
