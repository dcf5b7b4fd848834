import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Parser } from 'htmlparser2';
import { simpleParser } from 'mailparser';
import { composeNotice } from '../../src/notices/compose-notice.ts';
import { noticeHtml, noticeText } from '../../src/notices/notice-bodies.ts';
import { noticeKinds } from '../../src/notices/notice.ts';
import { noticeWords } from '../../src/notices/notice-words.ts';
import { english, entry, notice, publicUrl, shippedLanguages } from './samples.ts';

const texts = await english();
const languages = await shippedLanguages();
const links = { release: `${publicUrl}/l/1.a.b`, report: `${publicUrl}/l/1.c.d` };
const linksUntil = new Date('2026-03-19T07:00:00Z');

test('a message of two parts, from a machine, to nobody who answers', async () => {
  const raw = await composeNotice(notice({ entries: [entry({ links })], linksUntil }), texts, 'en');
  const { headers, headerLines, text, html, subject, from, to, messageId, date } =
    await simpleParser(raw);
  assert.equal(headers.get('auto-submitted'), 'auto-generated');
  assert.equal(headers.get('x-auto-response-suppress'), 'All');
  assert.equal(from?.text, '"Aliaswatch" <aliaswatch@mx.test>');
  assert.deepEqual(to && 'text' in to ? to.text : to, 'ann@example.test');
  assert.equal(messageId, '<notice.1@mx.test>');
  assert.equal(date?.toISOString(), '2026-03-05T07:00:00.000Z');
  assert.equal(subject, 'Mail held for review: 1');
  assert.ok(headerLines.every(({ key }) => key !== 'reply-to' && key !== 'bcc'));
  for (const link of Object.values(links)) {
    assert.ok(text?.includes(link), 'in the text');
    assert.ok(String(html).includes(`href="${link}"`), 'in the HTML');
  }
  assert.ok(!/[^\r]\n/.test(raw.toString()), 'lines end with CRLF');
});

test('every shipped language says everything, with all names filled in', () => {
  assert.deepEqual([...languages.keys()], ['de', 'en', 'es', 'fr', 'it', 'nl', 'pl', 'pt']);
  for (const [language, own] of languages) {
    for (const kind of noticeKinds)
      for (const audience of ['recipient', 'admin'] as const)
        for (const action of ['release-tagged', 'delete'] as const) {
          const words = noticeWords(
            notice({
              kind,
              to: { address: 'ann@example.test', audience },
              entries: [entry({ count: 3, links, recipients: ['ann@example.test'] })],
              total: 9,
              expiry: { at: linksUntil, action },
              linksUntil,
              contactUrl: 'https://help.test',
            }),
            own,
            language,
          );
          const text = noticeText(words);
          assert.ok(!/[{}]/.test(words.subject + text), `${language} ${kind}: ${text}`);
          assert.match(words.subject, /9/);
          assert.ok(text.split('\n').every((line) => line.length < 200));
        }
  }
});

test('an administrator learns whose mail it is and why; a recipient only of its own', () => {
  const entries = [entry({ recipients: ['ann@example.test', 'bob@example.test'] })];
  const textFor = (audience: 'recipient' | 'admin') =>
    noticeText(
      noticeWords(notice({ to: { address: 'ann@example.test', audience }, entries }), texts, 'en'),
    );
  assert.match(textFor('admin'), /bob@example\[\.\]test/);
  assert.match(textFor('admin'), /Why: vendor-billing: phone in the subject/);
  assert.ok(!textFor('recipient').includes('bob@'));
});

test('an address that needs quoting stays in the envelope', async () => {
  const to = { address: '"a, b <c@d>"@example.test', audience: 'recipient' } as const;
  const raw = (await composeNotice(notice({ to }), texts, 'en')).toString();
  assert.match(raw, /^To: "undisclosed-recipients":;\r\n/m);
});

/** Tags, and addresses that something is loaded from or goes to. */
function outlineOf(html: string) {
  const tags = new Set<string>();
  const addresses: string[] = [];
  let handlers = 0;
  const parser = new Parser({
    onopentag: (name, attributes) => {
      tags.add(name);
      for (const [key, value] of Object.entries(attributes)) {
        if (['href', 'src', 'action', 'background'].includes(key)) addresses.push(value);
        if (key.startsWith('on')) handlers++;
      }
    },
  });
  parser.end(html);
  return { tags, addresses, handlers };
}

const ourTags = new Set(
  ['html', 'head', 'meta', 'title', 'body', 'p', 'div', 'strong', 'bdi', 'a'].sort(),
);

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '"><a href="https://evil.example">x</a>',
    '</title><svg onload=alert(1)>',
    '&lt;script&gt;',
    '\r\nBcc: victim@example.test\r\n\r\n',
    'javascript:alert(1)',
    '{count} {host} {recipient}',
    '=?utf-8?q?=3Cscript=3E?=',
    'https://evil.example/x',
    '+1 802 538 3069',
  ),
);

describe('nothing of an attack works in a notice', () => {
  test('as HTML, as text and as header fields', async () => {
    await fc.assert(
      fc.asyncProperty(
        hostile,
        hostile,
        hostile,
        hostile,
        async (subject, from, reason, address) => {
          const value = notice({
            to: { address: 'desk@example.test', audience: 'admin' },
            entries: [entry({ subject, from, reason, links, recipients: [address] })],
            linksUntil,
          });
          const words = noticeWords(value, texts, 'en');
          const { tags, addresses, handlers } = outlineOf(noticeHtml(words, 'en'));
          assert.ok(
            [...tags].every((tag) => ourTags.has(tag)),
            [...tags].join(),
          );
          assert.deepEqual(addresses, Object.values(links));
          assert.equal(handlers, 0);
          const text = noticeText(words);
          const foreign = text.replaceAll(links.release, '').replaceAll(links.report, '');
          assert.ok(!/https?:|evil\.example|802\D{0,3}538|\u202E|\u200B/i.test(foreign), foreign);

          const { headerLines } = await simpleParser(await composeNotice(value, texts, 'en'));
          assert.ok(headerLines.every(({ key }) => key !== 'bcc'));
          assert.equal(headerLines.length, 11);
        },
      ),
      { numRuns: 200 },
    );
  });
});
