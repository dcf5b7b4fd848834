import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readHeader } from '../../src/message/header.ts';
import { htmlLimits, outlineHtml } from '../../src/message/html-outline.ts';
import { MessageTooLarge, parseMessage } from '../../src/message/message.ts';

const parse = async (text: string) => {
  const bytes = Buffer.from(text);
  return parseMessage(bytes, readHeader(bytes));
};

test('plain text comes in paragraphs, HTML in blocks', async () => {
  const plain = await parse('From: a@b.example\r\n\r\nOne line\r\nwrapped.\r\n\r\nTwo.\r\n');
  assert.deepEqual(plain.textBlocks, ['One line wrapped.', 'Two.']);
  const { html } = await parse(
    'Content-Type: text/html\r\n\r\n<style>p{}</style><p>Hi <b>there</b></p><a href="https://x.example/">go</a>',
  );
  assert.deepEqual([html?.blocks, html?.links], [['Hi there', 'go'], ['https://x.example/']]);
});

test('character references are read as a browser reads them', () => {
  const { blocks, links } = outlineHtml(
    '<p>Tom &amp; Ann &ltb&gt; &#x41;</p><xmp>&lt;b&gt;</xmp><a href="https://x.example/?a=1&amp;b=2&copy=3">x</a>',
  );
  assert.deepEqual(blocks, ['Tom & Ann <b> A', '&lt;b&gt;', 'x']);
  assert.deepEqual(links, ['https://x.example/?a=1&b=2&copy=3']);
});

test('layout is the set of tags and classes, digits stripped', () => {
  assert.deepEqual(
    outlineHtml('<div class="row12 x"><p>a</p></div><div class="row7"></div>').tags,
    ['div', 'div.row', 'p'],
  );
});

test('text beyond the bound is refused, not cut silently', async () => {
  await assert.rejects(parse(`From: a@b.example\r\n\r\n${'x'.repeat(2_100_000)}`), MessageTooLarge);
});

test('hostile markup stays bounded', () => {
  const deep = outlineHtml('<div>'.repeat(100_000));
  assert.ok(deep.blocks.length <= htmlLimits.blocks);
  const wide = outlineHtml('<a href="https://x.example/">x</a><br>'.repeat(25_000));
  assert.ok(wide.links.length <= htmlLimits.links && wide.blocks.length <= htmlLimits.blocks);
});

const corpora = process.env['ALIASWATCH_CORPORA'];
test(
  'malformed and unusual MIME parses or is refused, never more',
  { skip: corpora ? false : 'set ALIASWATCH_CORPORA to a folder of corpora' },
  async () => {
    const root = join(corpora ?? '', 'mime');
    const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    assert.ok(files.length > 20);
    for (const file of files) {
      const bytes = await readFile(join(file.parentPath, file.name));
      const message = await parseMessage(bytes, readHeader(bytes)).catch((error: unknown) => error);
      if (!(message instanceof MessageTooLarge))
        assert.ok(
          message !== null && typeof message === 'object' && 'textBlocks' in message,
          file.name,
        );
    }
  },
);
