import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

/** Messages in one file, each after its length in four bytes: how the process that made them gives them to the one that sends them. */
export function writeMailFile(path: string, messages: Iterable<string>): void {
  const file = openSync(path, 'w');
  try {
    for (const text of messages) {
      const message = Buffer.from(text, 'latin1');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(message.length);
      writeSync(file, length);
      writeSync(file, message);
    }
  } finally {
    closeSync(file);
  }
}

export function readMailFile(path: string): readonly Buffer[] {
  const bytes = readFileSync(path);
  const messages: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    messages.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return messages;
}
