import assert from 'node:assert/strict';
import { test } from 'node:test';
import { htmlStructure } from '../../../src/console/preview/html-structure.ts';

const kinds = (html: string) => htmlStructure(html).boxes.map(({ kind }) => kind);

test('what is shown has a box, in order', () => {
  const html = '<h1>Sign in</h1><p>Your code</p><img src="x"><a href="y">here</a><hr><input>';
  assert.deepEqual(kinds(html), ['heading', 'text', 'image', 'link', 'rule', 'field']);
});

test('a head that nobody closes hides nothing of the body', () => {
  assert.deepEqual(kinds('<head><title>x</title><style>p{}</style><p>Call us today</p>'), ['text']);
  assert.deepEqual(kinds('<head><title>only a title</title></head>'), []);
});

test('cells of a row stand side by side', () => {
  const { boxes } = htmlStructure('<table><tr><td>left side</td><td>right side</td></tr></table>');
  assert.deepEqual(
    boxes.map(({ column, columns, depth }) => [column, columns, depth]),
    [
      [0, 2, 1],
      [1, 2, 1],
    ],
  );
});

test('what does something is counted, and never shown', () => {
  const { active, boxes } = htmlStructure(
    '<script>alert(1)</script><form></form><p onclick="x" style="display: none">hidden</p><img src="//cdn.example/a.png">',
  );
  assert.deepEqual(active, { scripts: 2, styles: 0, remote: 1, forms: 1, hidden: 1 });
  assert.deepEqual(
    boxes.map(({ kind }) => kind),
    ['text', 'image'],
  );
});

test('a very long part is cut', () => {
  assert.equal(htmlStructure('<p>word</p>'.repeat(400)).isCut, true);
});
