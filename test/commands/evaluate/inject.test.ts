import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inject, injectionKinds } from '../../../src/commands/evaluate/inject.ts';
import { readHeader } from '../../../src/message/header.ts';
import { parseMessage } from '../../../src/message/message.ts';
import { lureBank } from './lure-bank.ts';

const raw = Buffer.from(
  'From: Shop <shop@example.com>\r\nTo: ana@example.org\r\nSubject: Your parcel\r\n\r\nOne.\r\n\r\nTwo.\r\n\r\nThree.\r\n',
);
const message = await parseMessage(raw, readHeader(raw));

test('every kind of lure changes one part of the message and leaves the rest', () => {
  for (const { kind } of injectionKinds) {
    const changed = inject(message, kind, { bank: lureBank, index: 3 });
    const parts = (Object.keys(message) as (keyof typeof message)[]).filter(
      (part) => JSON.stringify(changed[part]) !== JSON.stringify(message[part]),
    );
    assert.equal(parts.length, 1, `${kind} changed ${parts.join(', ')}`);
  }
});

test('a code carries the link of a lure or its number, by turns', () => {
  const said = [2, 3].map(
    (index) => inject(message, 'h-qr', { bank: lureBank, index }).attachments[0],
  );
  assert.match(said[0]?.links[0] ?? '', /^https:\/\/[a-z-]+\d+\.example\.net\/view$/);
  assert.match(said[1]?.blocks[0] ?? '', /^tel:\+1\d{10}$/);
});
