import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { DataReceiver, type BareLineEndings } from '../../src/smtp/data-receiver.ts';
import { DotStuffing } from '../../src/smtp/dot-stuffing.ts';

type Received = { content: string; fault: string | null; rest: string | null };

/** Feeds the pieces up to the final dot. */
function receive(
  pieces: readonly Buffer[],
  bareLineEndings: BareLineEndings = 'reject',
  maxBytes = 1e6,
): Received {
  const receiver = new DataReceiver(bareLineEndings, maxBytes);
  let content = '';
  for (const [index, piece] of pieces.entries()) {
    const step = receiver.push(piece);
    content += step.content.toString('latin1');
    if (step.rest === null) continue;
    const rest = Buffer.concat([step.rest, ...pieces.slice(index + 1)]).toString('latin1');
    return { content, fault: receiver.fault, rest };
  }
  return { content, fault: receiver.fault, rest: null };
}

const cases: readonly { name: string; wire: string; content: string; rest: string | null }[] = [
  { name: 'nothing', wire: '.\r\n', content: '', rest: '' },
  { name: 'text', wire: 'a\r\n.\r\n', content: 'a\r\n', rest: '' },
  {
    name: 'commands after the dot',
    wire: 'a\r\n.\r\nQUIT\r\n',
    content: 'a\r\n',
    rest: 'QUIT\r\n',
  },
  { name: 'stuffed dots', wire: '..\r\n...a\r\n.\r\n', content: '.\r\n..a\r\n', rest: '' },
  {
    name: 'a dot that was not stuffed goes (RFC 5321 §4.5.2)',
    wire: '.a\r\n.\r\n',
    content: 'a\r\n',
    rest: '',
  },
  { name: 'a dot in a line', wire: 'a.\r\n.\r\n', content: 'a.\r\n', rest: '' },
  { name: 'no end yet', wire: 'a\r\n.', content: 'a\r\n', rest: null },
  { name: 'no end yet, after the CR', wire: 'a\r\n.\r', content: 'a\r\n', rest: null },
];

describe('received data', () => {
  for (const c of cases) {
    test(c.name, () => {
      const expected = { content: c.content, fault: null, rest: c.rest };
      assert.deepEqual(receive([Buffer.from(c.wire)]), expected);
      assert.deepEqual(
        receive([...Buffer.from(c.wire)].map((byte) => Buffer.from([byte]))),
        expected,
      );
    });
  }

  const normalized: readonly { name: string; wire: string; content: string }[] = [
    { name: 'bare LF', wire: 'a\nb\r\n', content: 'a\r\nb\r\n' },
    { name: 'bare CR', wire: 'a\rb\r\n', content: 'a\r\nb\r\n' },
    { name: 'CR CR LF', wire: 'a\r\r\n', content: 'a\r\n\r\n' },
    { name: 'LF CR LF', wire: 'a\n\r\n', content: 'a\r\n\r\n' },
    { name: 'CR at the end of the line before the dot', wire: 'a\r\r\n', content: 'a\r\n\r\n' },
    { name: 'dots after a bare LF are not stuffed', wire: 'a\n..b\r\n', content: 'a\r\n..b\r\n' },
    { name: 'dot CR at the start of a line', wire: '.\rb\r\n', content: '\r\nb\r\n' },
    { name: 'dot CR CR LF', wire: '.\r\r\n', content: '\r\n\r\n' },
  ];
  for (const c of normalized) {
    test(`normalized: ${c.name}`, () => {
      const wire = Buffer.from(`${c.wire}.\r\nREST`);
      const expected = { content: c.content, fault: null, rest: 'REST' };
      assert.deepEqual(receive([wire], 'normalize'), expected);
      assert.deepEqual(
        receive(
          [...wire].map((byte) => Buffer.from([byte])),
          'normalize',
        ),
        expected,
      );
      assert.equal(receive([wire]).fault, 'bare-line-ending');
      assert.equal(receive([wire]).rest, 'REST');
    });
  }

  test('NUL is a fault either way', () => {
    const wire = Buffer.from('a\0b\r\n.\r\n');
    assert.deepEqual(receive([wire], 'normalize'), { content: '', fault: 'nul', rest: '' });
    assert.deepEqual(receive([wire], 'reject'), { content: '', fault: 'nul', rest: '' });
  });

  test('nothing is handed on past the limit, and the end is still found', () => {
    const pieces = ['aaaaaaaa\r\n', 'bbbbbbbb\r\n', 'c\r\n.\r\nREST'].map((text) =>
      Buffer.from(text),
    );
    assert.deepEqual(receive(pieces, 'reject', 19), {
      content: 'aaaaaaaa\r\n',
      fault: 'too-large',
      rest: 'REST',
    });
    assert.equal(receive(pieces, 'reject', 23).fault, null);
  });

  const hostile = fc
    .array(
      fc.constantFrom('\r\n', '\r', '\n', '.', '..', 'a', '\r\n.', '\r\n..', '\r\n.\r\n', '\0'),
      { maxLength: 40 },
    )
    .map((parts) => Buffer.from(`${parts.join('')}\r\n.\r\n`));

  test('any bytes, any segments: the same result, and only CRLF.CRLF ends', () => {
    fc.assert(
      fc.property(
        hostile,
        fc.array(fc.nat(80)),
        fc.constantFrom('reject' as const, 'normalize' as const),
        (wire, cuts, mode) => {
          const ends = [...cuts.map((cut) => Math.min(cut, wire.length)), wire.length].sort(
            (a, b) => a - b,
          );
          const pieces = ends.map((end, index) => wire.subarray(ends[index - 1] ?? 0, end));
          const whole = receive([wire], mode);
          const inPieces = receive(pieces, mode);
          assert.deepEqual({ ...inPieces, content: '' }, { ...whole, content: '' });
          if (whole.fault === null) assert.equal(inPieces.content, whole.content);
          const end = `\r\n${wire.toString('latin1')}`.indexOf('\r\n.\r\n') + 3;
          assert.equal(whole.rest, wire.toString('latin1', end));
        },
      ),
    );
  });

  test('what is taken has no bare CR, bare LF or NUL, and is sent as it is', () => {
    fc.assert(
      fc.property(
        hostile,
        fc.constantFrom('reject' as const, 'normalize' as const),
        (wire, mode) => {
          const { content, fault } = receive([wire], mode);
          if (fault !== null) return;
          assert.doesNotMatch(content.replaceAll('\r\n', ''), /[\r\n\0]/);
          const stuffing = new DotStuffing();
          const sent = Buffer.concat([
            stuffing.push(Buffer.from(content, 'latin1')),
            stuffing.end(),
            Buffer.from('.\r\n'),
          ]);
          assert.deepEqual(receive([sent]), { content, fault: null, rest: '' });
        },
      ),
    );
  });
});

describe('dot-stuffing', () => {
  const stuff = (pieces: readonly string[]): string => {
    const stuffing = new DotStuffing();
    const sent = pieces.map((piece) => stuffing.push(Buffer.from(piece)));
    return Buffer.concat([...sent, stuffing.end()]).toString();
  };
  const stuffed: readonly { pieces: readonly string[]; expected: string }[] = [
    { pieces: [], expected: '' },
    { pieces: ['', '.', ''], expected: '..\r\n' },
    { pieces: ['a'], expected: 'a\r\n' },
    { pieces: ['a\r\n', '.b\r\n'], expected: 'a\r\n..b\r\n' },
    { pieces: ['a\r', '\n', '.', '.\r', '\n'], expected: 'a\r\n...\r\n' },
    { pieces: ['.a.\r\n.\r\n..\r\n'], expected: '..a.\r\n..\r\n...\r\n' },
  ];
  for (const { pieces, expected } of stuffed) {
    test(JSON.stringify(pieces), () => assert.equal(stuff(pieces), expected));
  }

  test('wherever a line ends in a long piece', () => {
    for (let before = 65_530; before <= 65_540; before++) {
      const text = `${'a'.repeat(before)}\r\n.\r\n..b\r\n${'c'.repeat(65_530)}\r\n.d\r\n`;
      assert.equal(stuff([text]), text.replaceAll('\r\n.', '\r\n..'));
    }
  });

  for (const pieces of [
    ['a\rb'],
    ['a\nb'],
    ['a\r'],
    ['a\r', 'b'],
    ['a\r\n\n'],
    ['\n'],
    ['a\r\r\n'],
  ]) {
    test(`not sent: ${JSON.stringify(pieces)}`, () =>
      assert.throws(() => stuff(pieces), /bare CR or LF/));
  }
});
