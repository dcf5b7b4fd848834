import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { readMessageFile, NotMail } from '../archive/read-archive.ts';
import { noSuchFile, readBounded } from '../config/bounded-file.ts';
import { isInline } from '../config/rule-tests-schema.ts';

/** Longest message of a case. */
const maxMessageBytes = 1_048_576;

/** The bytes of a message with CRLF line endings, or what is wrong, as a sentence. */
export type MessageReading =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/** Reads the messages of cases; a file that several name is read once, and none from outside `folder`. */
export function createMessageSource(folder: string): (message: string) => Promise<MessageReading> {
  const files = new Map<string, Promise<MessageReading>>();
  return (message) => {
    if (isInline(message)) return Promise.resolve(asMail(Buffer.from(message), 'the message'));
    const known = files.get(message) ?? readInside(folder, message);
    files.set(message, known);
    return known;
  };
}

/** A link that leads out of the rules would make a test of what lies there, and show it. */
async function readInside(folder: string, name: string): Promise<MessageReading> {
  const [root, path] = await Promise.all([
    realpath(folder),
    realpath(join(folder, name)).catch(() => null),
  ]);
  if (path === null)
    return refused(noSuchFile, 'messages of cases lie in tests/messages beside the rules');
  if (!path.startsWith(root + sep))
    return refused('leads out of the rules directory', 'copy the message into tests/messages');
  const bytes = await readBounded(path, maxMessageBytes);
  return typeof bytes === 'string' ? refused(bytes, '') : asMail(bytes, name);
}

function asMail(bytes: Buffer, name: string): MessageReading {
  try {
    return { ok: true, bytes: readMessageFile(bytes, name).bytes };
  } catch (error) {
    if (!(error instanceof NotMail)) throw error;
    return refused('holds no mail', 'begin it with header fields such as From: and Subject:');
  }
}

function refused(message: string, hint: string): MessageReading {
  return { ok: false, message, hint };
}

/** The message with every text replaced by another, in the order given; both may be of any charset but ours is UTF-8. */
export function replaceText(
  bytes: Buffer,
  replacements: Iterable<readonly [found: string, put: string]>,
): Buffer {
  let whole = bytes.toString('latin1');
  for (const [found, put] of replacements)
    whole = whole.replaceAll(inBytes(found), () => inBytes(put));
  return Buffer.from(whole, 'latin1');
}

/** Texts that do not stand in the message. */
export function absentFrom(bytes: Buffer, texts: Iterable<string>): readonly string[] {
  const whole = bytes.toString('latin1');
  return [...texts].filter((text) => !whole.includes(inBytes(text)));
}

/** One character a byte, so that what is not replaced stays as it is, whatever its charset. */
function inBytes(text: string): string {
  return Buffer.from(text.replace(/\r?\n/g, '\r\n')).toString('latin1');
}
