import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mimeTreeOf, type MimePart } from '../../../src/console/preview/mime-tree.ts';

function multipart(boundary: string, ...parts: readonly string[]): string {
  const type = `Content-Type: multipart/mixed; boundary="${boundary}"`;
  const lines = parts.flatMap((part) => [`--${boundary}`, part]);
  return [type, '', ...lines, `--${boundary}--`].join('\r\n');
}

const text = 'Content-Type: text/plain\r\n\r\nhello';
const page = 'Content-Type: text/html; charset=utf-8\r\n\r\n<p>hello</p>';

function shape({ contentType, parts }: MimePart): string {
  return parts.length === 0 ? contentType : `${contentType}(${parts.map(shape).join(' ')})`;
}

function treeOf(message: string): string {
  return shape(mimeTreeOf(Buffer.from(message)).root);
}

test('parts in parts, also where the inner boundary begins with the outer one', () => {
  const inner = multipart('part-10', text, page);
  assert.equal(
    treeOf(multipart('part-1', inner, page)),
    'multipart/mixed(multipart/mixed(text/plain text/html) text/html)',
  );
});

test('white space after a boundary belongs to the line (RFC 2046 §5.1.1)', () => {
  const padded = multipart('b', text, page).replaceAll(/^(--b(?:--)?)$/gm, '$1 \t');
  assert.equal(treeOf(padded), 'multipart/mixed(text/plain text/html)');
});

test('a message that ends within a part still shows it', () => {
  const cut = multipart('b', text, page).replace('\r\n--b--', '');
  assert.equal(treeOf(cut), 'multipart/mixed(text/plain text/html)');
});

test('too many or too deep parts are cut, and that is told', () => {
  const many = mimeTreeOf(Buffer.from(multipart('b', ...Array<string>(300).fill(text))));
  assert.deepEqual([many.root.parts.length, many.isCut], [199, true]);
  const deep = Array.from({ length: 20 }, (_, index) => index).reduce(
    (inner, index) => multipart(`b${index}x`, inner),
    text,
  );
  assert.equal(mimeTreeOf(Buffer.from(deep)).isCut, true);
});

test('no bytes make it throw', () => {
  const pieces = fc.constantFrom('\r\n', '--b', '--', 'Content-Type: multipart/x; boundary=b', ' ');
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 60 }), (words) => {
      mimeTreeOf(Buffer.from(words.join('')));
    }),
  );
});
