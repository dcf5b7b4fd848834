import { readFile, stat } from 'node:fs/promises';
import { splitMbox } from '../../archive/mbox.ts';
import { NotMail, readMessageFile } from '../../archive/read-archive.ts';

type Source = { readonly stdin: NodeJS.ReadableStream; readonly maxBytes: number };

/**
 * The bytes of one message with CRLF line endings, from a file or, for `-`, from standard input; an mbox of one is fine.
 * @throws NotMail for anything else, and the file system's own errors.
 */
export async function readOneMessage(file: string, { stdin, maxBytes }: Source): Promise<Buffer> {
  const name = file === '-' ? 'standard input' : file;
  const data = await (file === '-' ? readAll(stdin, maxBytes) : readWhole(file, maxBytes));
  if (data === null)
    throw new NotMail(
      `${name} is larger than ${maxBytes} bytes, the largest message that is taken: raise maxMessageBytes`,
    );
  if (data.subarray(0, 5).toString('latin1') !== 'From ') return readMessageFile(data, name).bytes;
  const [message, ...more] = splitMbox(data, name);
  if (message === undefined || more.length > 0)
    throw new NotMail(
      `${name} is an mbox of ${more.length + 1} messages: check takes one; learn and evaluate take archives`,
    );
  return readMessageFile(message.bytes, name).bytes;
}

async function readWhole(file: string, maxBytes: number): Promise<Buffer | null> {
  const found = await stat(file);
  if (found.isDirectory())
    throw new NotMail(
      `${file} is a directory: check takes one message; learn and evaluate take folders`,
    );
  return found.size > maxBytes ? null : await readFile(file);
}

async function readAll(stdin: NodeJS.ReadableStream, maxBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    length += bytes.length;
    if (length > maxBytes) return null;
  }
  return Buffer.concat(chunks);
}
