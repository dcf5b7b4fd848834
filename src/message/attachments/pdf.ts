import { getDocumentProxy } from 'unpdf';
import type { AttachmentText } from '../attachment-text.ts';
import { attachmentLimits } from './attachment-limits.ts';
import { picturesOf } from './pdf-pictures.ts';
import { linesToParagraphs, type PdfTextItem } from './pdf-paragraphs.ts';
import { readQrCodesInPixels } from './qr-codes.ts';
import { createTextCollector, type TextCollector } from './text-collector.ts';
import { UnreadableAttachment } from './unreadable-attachment.ts';

type PdfDocument = Awaited<ReturnType<typeof getDocumentProxy>>;
type PdfPage = Awaited<ReturnType<PdfDocument['getPage']>>;

/** Pages whose pictures are searched for QR codes; decoding them costs more than text. */
const pagesWithPictures = 3;
const maxAnnotations = 500;

/** Nothing is rendered, run or fetched; PDF.js passes over what is damaged. */
const options = {
  verbosity: 0,
  useSystemFonts: false,
  disableFontFace: true,
  useWorkerFetch: false,
  useWasm: false,
  enableXfa: false,
  maxImageSize: attachmentLimits.imagePixels,
};

/**
 * What the first pages of a PDF say, growing: each text yielded supersedes the one of its kind before, so that a reader
 * stopped halfway has something. What costs least comes first: links and comments, then text, then QR codes in pictures.
 * @throws UnreadableAttachment when it is no PDF, has a password or is damaged beyond repair.
 */
export async function* readPdf(content: Uint8Array): AsyncGenerator<AttachmentText> {
  // PDF.js takes the memory of what it is given.
  const data = new Uint8Array(content);
  const document = await getDocumentProxy(data, options).catch((error: unknown) => {
    throw new UnreadableAttachment('no readable PDF', { cause: error });
  });
  try {
    yield* readPages(document);
  } finally {
    await document.loadingTask.destroy();
  }
}

async function* readPages(document: PdfDocument): AsyncGenerator<AttachmentText> {
  const collector = createTextCollector();
  const pages = await openPages(document);
  for (const page of pages) await readAnnotations(page, collector).catch(() => undefined);
  yield* present(collector.text('pdf'));
  for (const page of pages) {
    await readText(page, collector).catch(() => undefined);
    yield* present(collector.text('pdf'));
  }
  const codes = createTextCollector();
  for (const page of pages.slice(0, pagesWithPictures)) {
    await readCodes(page, codes).catch(() => undefined);
    yield* present(codes.text('qr-code'));
  }
}

function present(text: AttachmentText | null): readonly AttachmentText[] {
  return text === null ? [] : [text];
}

/** A page that cannot be opened is left out, not the rest with it. */
async function openPages(document: PdfDocument): Promise<readonly PdfPage[]> {
  const pages: PdfPage[] = [];
  for (let number = 1; number <= Math.min(document.numPages, attachmentLimits.pdfPages); number++) {
    const page = await document.getPage(number).catch(() => null);
    if (page !== null) pages.push(page);
  }
  return pages;
}

/** What PDF.js tells of an annotation (ISO 32000-1 §12.5) that somebody reads or clicks on. */
type Annotation = {
  readonly unsafeUrl?: unknown;
  readonly contentsObj?: { readonly str?: unknown };
  readonly fieldValue?: unknown;
};

async function readAnnotations(page: PdfPage, collector: TextCollector): Promise<void> {
  const annotations = (await page.getAnnotations()) as readonly Annotation[];
  for (const { unsafeUrl, contentsObj, fieldValue } of annotations.slice(0, maxAnnotations)) {
    if (typeof unsafeUrl === 'string') collector.addTarget(unsafeUrl);
    for (const text of [contentsObj?.str, fieldValue])
      if (typeof text === 'string') collector.addBlock(text);
  }
}

async function readText(page: PdfPage, collector: TextCollector): Promise<void> {
  const items: PdfTextItem[] = [];
  const reader = (
    page.streamTextContent() as ReadableStream<{ readonly items: readonly PdfTextItem[] }>
  ).getReader();
  let length = 0;
  while (length < attachmentLimits.textLength) {
    const { done, value } = await reader.read();
    if (done) break;
    for (const item of value.items) length += item.str.length + 1;
    items.push(...value.items);
  }
  await reader.cancel();
  for (const paragraph of linesToParagraphs(items)) collector.addBlock(paragraph);
}

async function readCodes(page: PdfPage, codes: TextCollector): Promise<void> {
  for await (const pixels of picturesOf(page)) {
    const found = await readQrCodesInPixels(pixels);
    for (const block of found?.blocks ?? []) codes.addBlock(block);
    for (const link of found?.links ?? []) codes.addTarget(link);
  }
}
