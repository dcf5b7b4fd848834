import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ReplyParser } from '../../src/smtp/reply-parser.ts';
import type { Reply } from '../../src/smtp/reply.ts';

const parse = (text: string): Reply[] => new ReplyParser().push(Buffer.from(text));

describe('replies', () => {
  const cases: readonly { name: string; text: string; expected: readonly Reply[] }[] = [
    {
      name: 'one line',
      text: '250 2.1.0 Ok\r\n',
      expected: [{ code: 250, enhancedCode: '2.1.0', lines: ['Ok'] }],
    },
    {
      name: 'code only',
      text: '354\r\n',
      expected: [{ code: 354, enhancedCode: null, lines: [''] }],
    },
    {
      name: 'bare LF',
      text: '250 Ok\n',
      expected: [{ code: 250, enhancedCode: null, lines: ['Ok'] }],
    },
    {
      name: 'the enhanced code on the last line only',
      text: '550-first\r\n550 5.7.1 second\r\n',
      expected: [{ code: 550, enhancedCode: '5.7.1', lines: ['first', 'second'] }],
    },
    {
      name: 'an enhanced code twice is once code, once text',
      text: '550 5.1.1 5.1.1 unknown\r\n',
      expected: [{ code: 550, enhancedCode: '5.1.1', lines: ['5.1.1 unknown'] }],
    },
    {
      name: 'an enhanced code and nothing else',
      text: '250 2.0.0\r\n',
      expected: [{ code: 250, enhancedCode: '2.0.0', lines: [''] }],
    },
    {
      name: 'an address that looks like an enhanced code',
      text: '250 2.1.0.5 is an address\r\n',
      expected: [{ code: 250, enhancedCode: null, lines: ['2.1.0.5 is an address'] }],
    },
    {
      name: 'control characters become spaces',
      text: '250 a\rb\0c\x1bd\r\n',
      expected: [{ code: 250, enhancedCode: null, lines: ['a b c d'] }],
    },
    {
      name: 'two replies, and the start of a third',
      text: '250 a\r\n421 4.3.2 b\r\n25',
      expected: [
        { code: 250, enhancedCode: null, lines: ['a'] },
        { code: 421, enhancedCode: '4.3.2', lines: ['b'] },
      ],
    },
  ];
  for (const c of cases) {
    test(c.name, () => assert.deepEqual(parse(c.text), c.expected));
  }

  test('a long line is cut to what a reply line may be', () => {
    assert.ok(
      parse(`250 2.0.0 ${'x'.repeat(2000)}\r\n`)[0]!.lines[0]!.length <=
        512 - '250 2.0.0 \r\n'.length,
    );
  });

  for (const text of [
    '',
    'hello',
    '100 a',
    '260 a',
    '999 a',
    '25 a',
    '250_a',
    '250-a\r\n251 b',
    `250-${'x'.repeat(70_000)}`,
  ]) {
    test(`no reply: ${JSON.stringify(text.slice(0, 20))}`, () =>
      assert.throws(() => parse(`${text}\r\n`)));
  }

  test('a reply that never ends is bounded, on one line and on many', () => {
    assert.throws(() => parse('2'.repeat(70_000)));
    const parser = new ReplyParser();
    assert.throws(() => {
      for (let line = 0; line < 2000; line++)
        parser.push(Buffer.from(`250-${'x'.repeat(100)}\r\n`));
    });
  });

  test('segments do not matter', () => {
    const text = '250-2.1.0 über\r\n250 2.1.0 naïve\r\n550 no\r\n';
    const bytes = Buffer.from(text);
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.nat(bytes.length), (one, two) => {
        const [first, second] = [Math.min(one, two), Math.max(one, two)] as const;
        const parser = new ReplyParser();
        const pieces = [
          bytes.subarray(0, first),
          bytes.subarray(first, second),
          bytes.subarray(second),
        ];
        assert.deepEqual(
          pieces.flatMap((piece) => parser.push(piece)),
          parse(text),
        );
      }),
    );
  });
});
