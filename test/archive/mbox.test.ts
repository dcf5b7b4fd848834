import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { createMboxSplitter, parseArrival, splitMbox } from '../../src/archive/mbox.ts';
import { NotMail, readArchive } from '../../src/archive/read-archive.ts';

const folder = await mkdtemp(join(tmpdir(), 'aliaswatch-mbox-'));
after(() => rm(folder, { recursive: true }));

test('messages are split at From lines, relics dropped, quoting undone, line endings made CRLF', () => {
  const mbox =
    'From a@b.example Sun Apr  8 18:29:22 2007\n>From a@b.example  Sun Apr  8 14:29:23 2007\nSubject: one\n\nHi\n>From me\n\nFrom c@d.example Mon Apr  9 01:00:00 2007\nSubject: two\n\nthe end, From here\n';
  const messages = [...splitMbox(Buffer.from(mbox), 'x.mbox')];
  assert.deepEqual(
    messages.map(({ bytes }) => bytes.toString()),
    ['Subject: one\r\n\r\nHi\r\nFrom me\r\n', 'Subject: two\r\n\r\nthe end, From here\r\n'],
  );
  assert.deepEqual(
    messages.map(({ arrivedAt }) => arrivedAt?.toISOString()),
    ['2007-04-08T18:29:22.000Z', '2007-04-09T01:00:00.000Z'],
  );
});

test('an mbox in pieces of any size gives the same messages', () => {
  const mbox =
    'From a@b.example Sun Apr  8 18:29:22 2007\r\n>From a@b.example\r\nSubject: one\r\n\r\nHi\r\n>>From me\r\n\r\nFrom no sender\n\nFrom c@d.example Mon Apr  9 01:00:00 2007\nSubject: two\n\nthe end';
  const whole = [...splitMbox(Buffer.from(mbox), 'x')];
  assert.equal(whole.length, 3);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: mbox.length }), (length) => {
      const splitter = createMboxSplitter('x');
      const messages = [];
      for (let start = 0; start < mbox.length; start += length)
        messages.push(...splitter.push(mbox.slice(start, start + length)));
      assert.deepEqual([...messages, ...splitter.end()], whole);
    }),
  );
});

const arrivals = [
  ['Sun Apr  8 18:29:22 2007', '2007-04-08T18:29:22.000Z'],
  ['Wed Oct 30 00:51:26 2019', '2019-10-30T00:51:26.000Z'],
  ['Sun Apr  8 18:29:22 +0200 2007', '2007-04-08T16:29:22.000Z'],
  ['yesterday', undefined],
] as const;
for (const [text, expected] of arrivals)
  test(`arrival "${text}"`, () => assert.equal(parseArrival(text)?.toISOString(), expected));

const notMail = [
  { name: 'empty', data: '' },
  { name: 'json', data: '{"a": 1}' },
  { name: 'binary', data: '\0\u0001\u0002PNG' },
  { name: 'prose', data: 'Dear reader,\nthis is a letter.' },
];
for (const { name, data } of notMail) {
  test(`a file that is no mail: ${name}`, async () => {
    const path = join(folder, name);
    await writeFile(path, data);
    await assert.rejects(
      Array.fromAsync(readArchive(path)),
      (error) => error instanceof NotMail && error.message.includes(path),
    );
  });
}

test('a missing path is named', async () => {
  await assert.rejects(
    Array.fromAsync(readArchive(join(folder, 'nowhere'))),
    /nowhere cannot be read \(ENOENT\)/,
  );
});

test('folders and Maildirs are read in name order; what is beside the mail is skipped', async () => {
  const root = join(folder, 'tree');
  await mkdir(join(root, 'maildir', 'cur'), { recursive: true });
  await mkdir(join(root, 'maildir', 'tmp'));
  await writeFile(join(root, 'index.json'), '[]');
  await writeFile(
    join(root, 'a.mbox'),
    'From a@b.example Sun Apr  8 18:29:22 2007\nSubject: one\n\n',
  );
  await writeFile(join(root, 'maildir', 'cur', '1:2,S'), 'Subject: two\n\nx\n');
  await writeFile(join(root, 'maildir', 'tmp', '2'), 'Subject: half written\n\nx\n');
  const messages = await Array.fromAsync(readArchive(root));
  assert.deepEqual(
    messages.map(({ bytes }) => bytes.toString().split('\r\n', 1)[0]),
    ['Subject: one', 'Subject: two'],
  );
});
