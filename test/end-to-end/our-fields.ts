import assert from 'node:assert/strict';

/** Our header fields, unfolded, of a delivered message that must end in exactly what was sent. */
export function ourFields(
  delivered: Buffer | undefined,
  sent: string | Buffer,
): Readonly<Record<string, string>> {
  assert.ok(delivered, 'the message is there');
  const received = Buffer.from(sent);
  const split = delivered.length - received.length;
  assert.ok(delivered.subarray(split).equals(received), 'the bytes are as received');
  const lines = delivered
    .toString('latin1', 0, split)
    .replaceAll(/\r\n[ \t]/g, ' ')
    .split('\r\n');
  assert.equal(lines.pop(), '', 'our fields are whole lines');
  return Object.fromEntries(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
}
