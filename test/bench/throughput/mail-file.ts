import { readFileSync, writeFileSync } from 'node:fs';

/** Messages in one file, each after its length in four bytes: how the process that made them gives them to the one that sends them. */
export function writeMailFile(path: string, messages: readonly Buffer[]): void {
  const parts = messages.flatMap((message) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(message.length);
    return [length, message];
  });
  writeFileSync(path, Buffer.concat(parts));
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
