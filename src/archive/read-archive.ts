import { open, opendir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createMboxSplitter, type ArchivedMessage } from './mbox.ts';

/** Input that holds no mail: the message names it and says what is expected. */
export class NotMail extends Error {
  override readonly name = 'NotMail';
}

const maxMessageBytes = 2 ** 27;

/**
 * Messages of an mbox file, a single message file, a Maildir or a folder of these, folders in name order. What a folder
 * holds beside mail (`index.json` …) is skipped; a path given by the user must be mail.
 * @throws NotMail for an empty file or one that is no mail, and the file system's own errors.
 */
export async function* readArchive(path: string): AsyncGenerator<ArchivedMessage> {
  const found = await stat(path).catch((error: unknown) => {
    throw new NotMail(
      `${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'}): give an mbox file, a message, a Maildir or a folder of these`,
    );
  });
  if (found.isDirectory()) yield* readFolder(path);
  else yield* readMailFile(path);
}

async function* readFolder(path: string): AsyncGenerator<ArchivedMessage> {
  const names: string[] = [];
  for await (const entry of await opendir(path)) names.push(entry.name);
  let messages = 0;
  for (const name of names.sort()) {
    if (name.startsWith('.') || name === 'tmp') continue;
    try {
      for await (const message of readArchive(join(path, name))) {
        messages++;
        yield message;
      }
    } catch (error) {
      if (!(error instanceof NotMail)) throw error;
    }
  }
  if (messages === 0)
    throw new NotMail(`${path} holds no mail: expected mbox files, message files or Maildirs`);
}

async function* readMailFile(path: string): AsyncGenerator<ArchivedMessage> {
  const { size } = await stat(path);
  if (size === 0) throw new NotMail(`${path} is empty: expected an mbox file or a message`);
  if (await isMbox(path)) {
    yield* readMbox(path);
    return;
  }
  if (size > maxMessageBytes)
    throw new NotMail(`${path} is larger than 128 MiB and no mbox: expected an mbox or a message`);
  yield readMessageFile(await readFile(path), path);
}

async function isMbox(path: string): Promise<boolean> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(5), 0, 5, 0);
  return buffer.toString('latin1', 0, bytesRead) === 'From ';
}

/** An mbox of any size, one piece at a time. */
async function* readMbox(path: string): AsyncGenerator<ArchivedMessage> {
  await using file = await open(path);
  const splitter = createMboxSplitter(path);
  const pieces = file.createReadStream({ encoding: 'latin1', highWaterMark: 2 ** 20 });
  for await (const piece of pieces) yield* splitter.push(String(piece));
  yield* splitter.end();
}

/** One message as a file; line endings become CRLF, as SMTP would have delivered it. */
export function readMessageFile(data: Buffer, path: string): ArchivedMessage {
  if (data.length === 0)
    throw new NotMail(`${path} is empty: expected a message with header fields`);
  if (!looksLikeMail(data))
    throw new NotMail(`${path} is not mail: expected header fields such as From: at its start`);
  const bytes = Buffer.from(data.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1');
  return { bytes, arrivedAt: null, source: path };
}

function looksLikeMail(data: Buffer): boolean {
  const head = data.subarray(0, 65_536).toString('latin1');
  return (
    !head.includes('\0') &&
    /^[!-9;-~]+[ \t]*:/.test(head) &&
    /^(?:from|received|return-path|date|subject|to|message-id|delivered-to)[ \t]*:/im.test(head)
  );
}
