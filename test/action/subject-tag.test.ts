import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { withEdits } from '../../src/action/content-edits.ts';
import { subjectTagEdits } from '../../src/action/subject-tag.ts';
import { findHeaderBlock } from '../../src/message/header-block.ts';
import { memoryContent } from '../../src/smtp/content.ts';

async function tagged(message: string | Buffer, tag: string): Promise<Buffer> {
  const bytes = Buffer.from(message);
  const block = bytes.subarray(0, findHeaderBlock(bytes).length);
  const changed = withEdits(memoryContent(bytes), subjectTagEdits(block, tag));
  const after = await changed.prefix(Infinity);
  assert.equal(changed.sizeBytes, after.length);
  return after;
}

async function subjectOf(message: Buffer): Promise<string | undefined> {
  return (await simpleParser(message)).subject;
}

const tag = '[Suspicious]';

const cases = [
  { name: 'plain', field: 'Subject: Your invoice', becomes: 'Subject: [Suspicious] Your invoice' },
  { name: 'no space', field: 'Subject:Hello', becomes: 'Subject: [Suspicious] Hello' },
  { name: 'empty', field: 'Subject:', becomes: 'Subject: [Suspicious]' },
  { name: 'blank', field: 'Subject: ', becomes: 'Subject: [Suspicious]' },
  {
    name: 'folded at once',
    field: 'Subject:\r\n Your invoice',
    becomes: 'Subject: [Suspicious]\r\n Your invoice',
  },
  {
    name: 'folded',
    field: 'SUBJECT: Your\r\n\tinvoice',
    becomes: 'SUBJECT: [Suspicious] Your\r\n\tinvoice',
  },
  {
    name: 'a first line that would grow too long',
    field: `Subject: ${'word '.repeat(13)}end`,
    becomes: `Subject: [Suspicious]\r\n ${'word '.repeat(13)}end`,
  },
  {
    name: 'encoded words',
    field: 'Subject: =?utf-8?B?SMOpbGxv?=',
    becomes: 'Subject: [Suspicious] =?utf-8?B?SMOpbGxv?=',
  },
  {
    name: 'white space before the colon',
    field: 'Subject : x',
    becomes: 'Subject : [Suspicious] x',
  },
] as const;

describe('the subject tag', () => {
  for (const { name, field, becomes } of cases) {
    test(`${name}: stands in front, and no other byte changes`, async () => {
      const around = (subject: string) =>
        `From: a@b.example\r\n${subject}\r\nTo: c@d.example\r\n\r\nSubject: body\r\n`;
      assert.equal((await tagged(around(field), tag)).toString(), around(becomes));
    });
  }

  for (const field of [
    'Subject: [Suspicious] x',
    'Subject: Re: [suspicious] x',
    'Subject: AW: Fwd: [Suspicious] x',
    'Subject: =?utf-8?Q?=5BSuspicious=5D_x?=',
  ]) {
    test(`never twice: ${field}`, async () => {
      const message = `${field}\r\n\r\nbody\r\n`;
      assert.equal((await tagged(message, tag)).toString(), message);
    });
  }

  test('a tag further back is not one', async () => {
    const after = await tagged('Subject: not [Suspicious]\r\n\r\n', tag);
    assert.equal(await subjectOf(after), '[Suspicious] not [Suspicious]');
  });

  test('every Subject field gets it: programs differ on which they show', async () => {
    const after = await tagged('Subject: a\r\nsubject: b\r\n\r\n', tag);
    assert.equal(after.toString(), 'Subject: [Suspicious] a\r\nsubject: [Suspicious] b\r\n\r\n');
  });

  test('a message without Subject gets one', async () => {
    const after = await tagged('From: a@b.example\r\n\r\nbody', tag);
    assert.equal(after.toString(), 'Subject: [Suspicious]\r\nFrom: a@b.example\r\n\r\nbody');
  });

  test('a tag that is not ASCII, before an encoded word', async () => {
    const after = await tagged('Subject: =?utf-8?B?SMOpbGxv?=\r\n\r\n', 'Verdächtig ⚠');
    assert.match(after.toString(), /^[ -~\r\n]*$/);
    assert.equal(await subjectOf(after), 'Verdächtig ⚠ Héllo');
  });

  test('any tag and any subject: shown in this order, lines folded, and only inserted bytes', async () => {
    // Without à: the parser takes its last byte, alone, for a space.
    const words = (min: number, max: number) =>
      fc.array(fc.stringMatching(/^[a-zá-ÿ0-9!]{1,12}$/), { minLength: min, maxLength: max });
    await fc.assert(
      fc.asyncProperty(words(1, 3), words(0, 20), async (tagWords, subjectWords) => {
        const text = tagWords.join(' ');
        const subject = subjectWords.join(' ');
        fc.pre(!subject.startsWith(text));
        const message = `From: a@b.example\r\nSubject: ${subject}\r\n\r\nbody\r\n`;
        const after = await tagged(message, text);
        assert.equal(await subjectOf(after), `${text} ${subject}`.trim());
        assert.equal((await tagged(after, text)).toString(), after.toString(), 'never twice');
        for (const line of after.toString('latin1').split('\r\n').slice(0, -3))
          assert.ok(line.length <= 998 && line.trim() !== '', line);
      }),
    );
  });
});
