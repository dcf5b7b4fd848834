import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { contentFieldsOf } from '../../src/message/content-fields.ts';
import { readSingleText } from '../../src/message/single-text.ts';

const read = (bytes: Buffer) => {
  const content = contentFieldsOf(bytes);
  return content && readSingleText(bytes, content);
};

const fieldLines = fc.constantFrom(
  'From: a@b.example',
  'DKIM-Signature: v=1; h=From:\r\n\tContent-Type:Date; b=x',
  'Content-Type: text/html',
  'Content-Type: text/html; charset="utf-8"; name="a; b"',
  'content-type : TEXT/Plain;\r\n charset=US-ASCII',
  'Content-Type: text/plain; charset=iso-8859-1',
  'Content-Type: text/plain; format=flowed',
  'Content-Type: multipart/mixed; boundary=b',
  'Content-Type: application/pdf',
  'Content-Type:',
  'Content-Type\r\n : text/html',
  'Content-Transfer-Encoding: quoted-printable',
  'Content-Transfer-Encoding: Base64 ',
  'Content-Transfer-Encoding: 8bit (as is)',
  'Content-Disposition: attachment; filename=a.html',
  'Content-Disposition: inline',
  'no field',
  'Subject: bare\nContent-Type: text/html',
);
const bodyPieces = fc.constantFrom(
  ...[
    'a',
    ' ',
    '=',
    '=3D',
    '=C3=A9',
    '=\r\n',
    '\r\n',
    '\n',
    '\r',
    'é',
    '<p>',
    '--b',
    '\r\n--b\r\n',
  ],
  ...['YWJj', 'w6k=', '====', '\t\r\n', '\ufeff', '€'],
);
const mail = fc
  .record({
    fields: fc.array(fieldLines, { minLength: 1, maxLength: 5 }),
    body: fc.array(bodyPieces, { maxLength: 30 }),
    isLatin: fc.boolean(),
  })
  .map(({ fields, body, isLatin }) =>
    Buffer.from(`${fields.join('\r\n')}\r\n\r\n${body.join('')}`, isLatin ? 'latin1' : 'utf8'),
  );

describe('a message that is one text', () => {
  test('reads as mailparser reads it, or is left to it', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(mail, async (bytes) => {
        const single = read(bytes);
        if (single === null) return;
        taken += 1;
        const {
          text = '',
          html,
          attachments,
        } = await simpleParser(bytes, {
          skipHtmlToText: true,
        });
        assert.deepEqual(attachments, []);
        assert.equal(single.text, single.type === 'text/html' ? html || '' : text);
        assert.equal(single.type === 'text/html' ? text : html || '', '');
      }),
      { numRuns: 2000 },
    );
    assert.ok(taken > 50, `${taken} taken`);
  });

  test('is taken in every encoding', () => {
    for (const [encoding, body] of [
      ['7bit', 'Grüße'],
      ['quoted-printable', 'Gr=C3=BC=\r\n=C3=9Fe'],
      ['base64', 'R3LDvMOf\r\nZQ=='],
    ] as const) {
      const head = `Content-Type: text/html; charset=UTF-8\r\nContent-Transfer-Encoding: ${encoding}`;
      const single = read(Buffer.from(`${head}\r\n\r\n${body}`));
      assert.deepEqual(single, { type: 'text/html', text: 'Grüße' });
    }
  });
});
