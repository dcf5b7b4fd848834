import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bareDomainsOf, linksOf, parseLink, pathShape } from '../../src/message/links.ts';
import { maskSentence, sentencesOf } from '../../src/message/sentences.ts';

const bare = [
  { text: 'visit evil.example.com today', expected: ['example.com'] },
  { text: 'Details at foo.co.uk.', expected: ['foo.co.uk'] },
  { text: 'see makefile.am, todo.md, gatt.select, advertise.data and config.rs', expected: [] },
  { text: 'mail me@evil.com', expected: [] },
  { text: 'https://evil.com/x', expected: [] },
  { text: 'get-rich.xyz', expected: ['get-rich.xyz'] },
  { text: 'e.g. version 2.3.1', expected: [] },
];
for (const { text, expected } of bare)
  test(`bare domains of "${text}"`, () => assert.deepEqual(bareDomainsOf(text), expected));

test('link domains are registrable, with private suffixes on', () => {
  const domains = [
    'https://a.b.paypal.com/x',
    'https://evil.web.app/',
    'http://192.0.2.7/a',
    'https://foo.github.io/bar',
  ].map((url) => parseLink(url)?.domain);
  assert.deepEqual(domains, ['paypal.com', 'evil.web.app', '192.0.2.7', 'foo.github.io']);
});

for (const target of [
  'mailto:x@y.example',
  'javascript:alert(1)',
  'http://',
  'relative/path',
  `https://x.example/${'a'.repeat(5000)}`,
]) {
  test(`${target.slice(0, 30)} is no link`, () => assert.equal(parseLink(target), null));
}

test('links of text and markup are joined, the same place once', () => {
  const links = linksOf(
    ['https://x.example/a'],
    ['go to https://x.example/a. Or https://y.example/b!'],
  );
  assert.deepEqual(
    links.map(({ host, path }) => host + path),
    ['x.example/a', 'y.example/b'],
  );
});

test('path shapes mask what changes', () => {
  assert.equal(pathShape('/invoice/12345/view'), 'invoice/N/view');
  assert.equal(pathShape('/u/0f8fad5b-d9cb-469f-a165-70867728950e'), 'u/U');
  assert.equal(pathShape('/'), '');
});

test('sentences do not depend on wrapping, and the same one counts once', () => {
  assert.deepEqual(sentencesOf(['Hello there. How are you?', 'Hello there.']), [
    'Hello there.',
    'How are you?',
  ]);
});

test('text without a full stop is cut between words, and nothing of it is lost', () => {
  const text = 'lorem ipsum '.repeat(1000).trim();
  const pieces = sentencesOf([text]);
  assert.ok(pieces.length === 1 || pieces.every((piece) => piece.length <= 4000));
  assert.ok(sentencesOf([`${text} 802 538 3069`]).some((piece) => piece.includes('802 538 3069')));
  assert.equal(sentencesOf(['x'.repeat(9000)]).length, 2, 'the same piece counts once');
});

test('masking leaves what a template says', () => {
  assert.equal(
    maskSentence('Hi Jo Doe, pay 12.50 at https://x.example/1 or a@b.example', ['Jo Doe']),
    maskSentence('Hi Ann Lee, pay 99.10 at https://y.example/2 or c@d.example', ['Ann Lee']),
  );
});
