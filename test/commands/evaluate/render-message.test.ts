import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inject, injectionKinds } from '../../../src/commands/evaluate/inject.ts';
import { renderMessage } from '../../../src/commands/evaluate/render-message.ts';
import { readHeader } from '../../../src/message/header.ts';
import { parseMessage } from '../../../src/message/message.ts';
import { lureBank } from './lure-bank.ts';

const raw = Buffer.from(
  'From: Shop <shop@example.com>\r\nTo: ana@example.org\r\nSubject: Your parcel\r\nContent-Type: text/html\r\n\r\n<p>One & two.</p><p>Three.</p><a href="https://example.com/a">four</a>\r\n',
);
const message = await parseMessage(raw, readHeader(raw));

test('a filter that reads bytes reads the lure that was put in', async () => {
  for (const { kind } of injectionKinds.filter((each) => !each.kind.startsWith('h-'))) {
    const lured = inject(message, kind, { bank: lureBank, index: 2 });
    const bytes = renderMessage(lured, new Date('2026-11-20T12:00:00Z'));
    const read = await parseMessage(bytes, readHeader(bytes));
    const said = (of: typeof message) => ({
      subject: of.subject,
      name: of.from[0]?.name,
      replyTo: of.replyTo[0]?.address,
      links: of.html?.links,
      blocks: of.html?.blocks.join('\n').includes(lured.html?.blocks[0] ?? '-'),
    });
    assert.deepEqual(said(read), said(lured), kind);
  }
});
