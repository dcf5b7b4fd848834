import { deflateSync } from 'node:zlib';
import jpeg from 'jpeg-js';
import QRCode from 'qrcode';
import type { MessagePart } from '../../../src/message/attachments/message-part.ts';

/** A part as the MIME parser hands it over. */
export function partOf(content: Uint8Array | string, contentType = 'application/octet-stream') {
  return {
    content: Buffer.from(content),
    contentType,
    filename: null,
    charset: null,
  } satisfies MessagePart;
}

export function qrPng(text: string, width = 200): Promise<Buffer> {
  return QRCode.toBuffer(text, { width });
}

/** Several codes in a row, white between them, as a JPEG. */
export function qrJpeg(texts: readonly string[], scale = 4): Buffer {
  const codes = texts.map((text) => QRCode.create(text).modules);
  const side = (Math.max(...codes.map(({ size }) => size)) + 8) * scale;
  const width = side * codes.length;
  const data = Buffer.alloc(width * side * 4, 255);
  for (const [place, code] of codes.entries()) {
    const { size } = code;
    for (let y = 0; y < size * scale; y++) {
      for (let x = 0; x < size * scale; x++) {
        const at = ((y + 4 * scale) * width + place * side + x + 4 * scale) * 4;
        if (code.get(Math.floor(y / scale), Math.floor(x / scale)) === 1) data.fill(0, at, at + 3);
      }
    }
  }
  return jpeg.encode({ data, width, height: side }, 80).data;
}

/** The header of a PNG of any size, and nothing behind it that fits. */
export function pngHeader(width: number, height: number, imageData = Buffer.alloc(0)): Buffer {
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  size.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', size),
    pngChunk('IDAT', imageData),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Without a check sum, which decoders in a hurry do not look at. */
function pngChunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)]);
}

export type PdfStream = { readonly dictionary: string; readonly data: Buffer };

/** Lines of text on a page, from the top down; an empty string leaves a gap. */
export function pageText(...lines: readonly string[]): PdfStream {
  const shown = lines.map((line) => `(${line}) Tj 0 -14 Td`).join('\n');
  return { dictionary: '', data: Buffer.from(`BT /F1 12 Tf 20 700 Td\n${shown}\nET`) };
}

export function compressed({ dictionary, data }: PdfStream): PdfStream {
  return { dictionary: `${dictionary} /Filter /FlateDecode`, data: deflateSync(data) };
}

/** A whole small PDF written by hand (ISO 32000-1 §7.5): pages with their text, and annotations on the first. */
export function pdfOf({
  pages,
  annotations = [],
  pictures = [],
}: {
  readonly pages: readonly PdfStream[];
  readonly annotations?: readonly string[];
  /** Named /P0, /P1, … */
  readonly pictures?: readonly PdfStream[];
}): Buffer {
  const firstPicture = 4 + 2 * pages.length;
  const xObjects = pictures.map((_, index) => `/P${index} ${firstPicture + index} 0 R`).join(' ');
  const objects = [
    Buffer.from('<< /Type /Catalog /Pages 2 0 R >>'),
    Buffer.from(
      `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, index) => `${4 + 2 * index} 0 R`).join(' ')}] >>`,
    ),
    Buffer.from('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'),
    ...pages.flatMap((page, index) => [
      Buffer.from(
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents ${5 + 2 * index} 0 R ` +
          `/Resources << /Font << /F1 3 0 R >> /XObject << ${xObjects} >> >> ` +
          `/Annots [${index === 0 ? annotations.join(' ') : ''}] >>`,
      ),
      streamObject(page),
    ]),
    ...pictures.map(streamObject),
  ];
  return pdfFile(objects);
}

function streamObject({ dictionary, data }: PdfStream): Buffer {
  return Buffer.concat([
    Buffer.from(`<< /Length ${data.length} ${dictionary} >>\nstream\n`),
    data,
    Buffer.from('\nendstream'),
  ]);
}

function pdfFile(objects: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.4\n')];
  const offsets: string[] = [];
  for (const [index, object] of objects.entries()) {
    offsets.push(String(Buffer.concat(parts).length).padStart(10, '0'));
    parts.push(Buffer.from(`${index + 1} 0 obj\n`), object, Buffer.from('\nendobj\n'));
  }
  const start = Buffer.concat(parts).length;
  const table = offsets.map((offset) => `${offset} 00000 n \n`).join('');
  const size = objects.length + 1;
  parts.push(
    Buffer.from(
      `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

export function linkAnnotation(target: string): string {
  return `<< /Type /Annot /Subtype /Link /Rect [0 0 99 99] /A << /S /URI /URI (${target}) >> >>`;
}

/** A code as a picture of one bit per pixel, rows beginning at a byte; white is 1. */
export function codeBits(
  text: string,
  scale: number,
): { readonly bits: Buffer; readonly side: number } {
  const code = QRCode.create(text).modules;
  const side = (code.size + 8) * scale;
  const rowBytes = Math.ceil(side / 8);
  const bits = Buffer.alloc(rowBytes * side, 255);
  for (let y = 0; y < code.size * scale; y++) {
    for (let x = 0; x < code.size * scale; x++) {
      if (code.get(Math.floor(y / scale), Math.floor(x / scale)) === 0) continue;
      const column = x + 4 * scale;
      const at = (y + 4 * scale) * rowBytes + (column >> 3);
      bits[at] = bits.readUInt8(at) & ~(0x80 >> (column & 7));
    }
  }
  return { bits, side };
}
