/** Worker thread that decodes PDF and images, one part at a time; it may be terminated at any moment. */
import { parentPort } from 'node:worker_threads';
import { getResolvedPDFJS } from 'unpdf';
import type { AttachmentText } from '../attachment-text.ts';
import { loadQrDecoder } from './load-qr-decoder.ts';
import { readPdf } from './pdf.ts';
import { readQrCodes } from './qr-codes.ts';
import { UnreadableAttachment } from './unreadable-attachment.ts';

/** What the worker is asked. */
export type PartToRead = { readonly kind: 'pdf' | 'image'; readonly content: Uint8Array };

/** What it answers: `ready` once, then for each part any number of texts and one end. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  /** Supersedes the text of the same kind from the same part. */
  | { readonly kind: 'text'; readonly text: AttachmentText }
  | { readonly kind: 'end'; readonly isReadable: boolean };

const port = parentPort;
if (port === null) throw new Error('reading-worker.ts runs in a worker thread');
const answer = (message: WorkerMessage) => port.postMessage(message);

await loadQrDecoder();
await getResolvedPDFJS();

// Whatever else is thrown leaves the decoder in doubt: it ends the thread, and the next part finds a new one.
port.on('message', (part: PartToRead) => void read(part));
answer({ kind: 'ready' });

async function read({ kind, content }: PartToRead): Promise<void> {
  try {
    if (kind === 'image') {
      const text = await readQrCodes(content);
      if (text !== null) answer({ kind: 'text', text });
    } else for await (const text of readPdf(content)) answer({ kind: 'text', text });
    answer({ kind: 'end', isReadable: true });
  } catch (error) {
    if (!(error instanceof UnreadableAttachment)) throw error;
    answer({ kind: 'end', isReadable: false });
  }
}
