import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { MessagePart } from '../../src/message/attachments/message-part.ts';
import { readHeader } from '../../src/message/header.ts';
import { parseMessage } from '../../src/message/message.ts';
import { pdfOf, pageText, qrPng } from './attachments/samples.ts';

const calendar = ['BEGIN:VCALENDAR', 'SUMMARY:Refund', 'DESCRIPTION:Call us', 'END:VCALENDAR'];

function part(type: string, body: string | Buffer): readonly string[] {
  const encoded = Buffer.from(body).toString('base64').replace(/.{76}/g, '$&\r\n');
  return ['--b', `Content-Type: ${type}`, 'Content-Transfer-Encoding: base64', '', encoded];
}

function mail(multipart: string, parts: readonly (readonly string[])[]): Buffer {
  const head = ['From: a@b.example', `Content-Type: ${multipart}; boundary=b`, ''];
  return Buffer.from([...head, ...parts.flat(), '--b--', ''].join('\r\n'));
}

/** The message, and the parts that a reader is given. */
async function parse(bytes: Buffer) {
  const given: MessagePart[] = [];
  const message = await parseMessage(bytes, readHeader(bytes), (parts) => {
    given.push(...parts);
    return Promise.resolve([]);
  });
  return { message, given };
}

test('an invitation is read, also as an alternative of the text and without a reader', async () => {
  for (const multipart of ['multipart/mixed', 'multipart/alternative']) {
    const body = calendar.join('\r\n');
    const type = 'text/calendar; charset=utf-8; method=REQUEST';
    const bytes = mail(multipart, [part('text/plain', 'Hello'), part(type, body)]);
    const message = await parseMessage(bytes, readHeader(bytes));
    assert.deepEqual(message.textBlocks, ['Hello']);
    assert.deepEqual(message.attachments, [
      { kind: 'calendar', blocks: ['Refund', 'Call us'], links: [] },
    ]);
  }
});

test('a calendar is decoded as its part says', async () => {
  const body = Buffer.from('BEGIN:VCALENDAR\r\nSUMMARY:caf\xe9\r\nEND:VCALENDAR', 'latin1');
  const bytes = mail('multipart/mixed', [part('text/calendar; charset=ISO-8859-1', body)]);
  const message = await parseMessage(bytes, readHeader(bytes));
  assert.deepEqual(message.attachments[0]?.blocks, ['café']);
});

test('a reader is given every part that is not text, and the images that HTML carries in itself', async () => {
  const pdf = pdfOf({ pages: [pageText('Hi')] });
  const png = await qrPng('https://elm.example/');
  const html = `<p>Scan</p><img src="data:image/png;base64,${png.toString('base64')}">`;
  const { given } = await parse(
    mail('multipart/mixed', [
      part('text/html', html),
      part('application/octet-stream; name="Invoice.pdf"', pdf),
      part('image/png', png),
    ]),
  );
  assert.deepEqual(
    given.map(({ contentType, filename, content }) => [
      contentType,
      filename,
      Buffer.from(content).equals(pdf) ? 'pdf' : Buffer.from(content).equals(png) ? 'png' : '?',
    ]),
    [
      ['application/pdf', 'Invoice.pdf', 'pdf'],
      ['image/png', null, 'png'],
      ['image/png', null, 'png'],
    ],
  );
});

test('a part that does not say what it is makes no message unreadable', async () => {
  const bytes = mail('multipart/mixed', [part('text/plain', 'Hello'), part('', 'x')]);
  const whole = bytes.toString();
  for (const cut of [bytes, Buffer.from(whole.slice(0, whole.lastIndexOf('Content-Type:') + 14))]) {
    const { message } = await parse(cut);
    assert.deepEqual(message.textBlocks, ['Hello']);
  }
});

test('wherever a message is cut off, its parts up to there are read', async () => {
  const whole = mail('multipart/mixed', [
    part('text/calendar', calendar.join('\r\n')),
    part('application/pdf', pdfOf({ pages: [pageText('Hi')] })),
  ]);
  const secondPart = whole.indexOf('application/pdf');
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length), async (length) => {
      const bytes = whole.subarray(0, length);
      const { attachments } = await parseMessage(bytes, readHeader(bytes));
      if (length > secondPart) assert.equal(attachments[0]?.blocks.length, 2);
    }),
  );
});
