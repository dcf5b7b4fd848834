import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { removeForgedFields } from '../../src/action/forged-fields.ts';
import { insertion, withEdits } from '../../src/action/content-edits.ts';
import { replyWith } from '../../src/milter/answer.ts';
import { parseCommand } from '../../src/milter/command.ts';
import { fieldBytes, LineCheck } from '../../src/milter/message-bytes.ts';
import { MilterFault } from '../../src/milter/milter-fault.ts';
import { bodyOf, changeFields, putOnTop } from '../../src/milter/modifications.ts';
import { negotiate } from '../../src/milter/options.ts';
import {
  encodePacket,
  maxPacketBytes,
  PacketReader,
  type Packet,
} from '../../src/milter/packet.ts';
import { memoryContent } from '../../src/smtp/content.ts';

const names = ['O', 'C', 'H', 'M', 'R', 'D', 'T', 'L', 'N', 'B', 'E', 'A', 'Q', 'K'];
const bytes = fc.uint8Array({ maxLength: 300 }).map((data) => Buffer.from(data));
const packets = fc.array(
  fc.tuple(fc.constantFrom(...names), bytes).map(([name, data]) => ({ name, data })),
);

/** The same bytes in pieces of the given sizes, over and over. */
function inPieces(whole: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0, turn = 0; at < whole.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    pieces.push(whole.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 });

describe('packets', () => {
  test('are the same however their bytes arrive', () => {
    fc.assert(
      fc.property(packets, sizes, (sent, pieceSizes) => {
        const reader = new PacketReader();
        const wire = Buffer.concat(sent.map(({ name, data }) => encodePacket(name, data)));
        const got: Packet[] = [];
        // What was given stays as it was, whatever comes after it.
        for (const piece of inPieces(wire, pieceSizes))
          got.push(...reader.push(Buffer.from(piece)));
        assert.deepEqual(got, sent);
        assert.equal(reader.isMidPacket, false);
      }),
    );
  });

  test('of any bytes are packets within the limit, or a fault', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), sizes, (noise, pieceSizes) => {
        const reader = new PacketReader();
        try {
          for (const piece of inPieces(Buffer.from(noise), pieceSizes))
            for (const { data } of reader.push(piece)) assert.ok(data.length < maxPacketBytes);
        } catch (error) {
          assert.ok(error instanceof MilterFault);
        }
      }),
    );
  });

  test('announced as large take no memory before they come', () => {
    const reader = new PacketReader();
    const before = process.memoryUsage().arrayBuffers;
    const readers = Array.from({ length: 500 }, () => new PacketReader());
    for (const each of readers) each.push(Buffer.from([0, 0x0f, 0xff, 0xff, 0x4c]));
    assert.ok(process.memoryUsage().arrayBuffers - before < 20_000_000);
    assert.equal(reader.isMidPacket, false);
  });
});

describe('commands', () => {
  test('of any bytes are commands, or a fault', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 1 }), bytes, (name, data) => {
        for (const kind of [name, ...names])
          try {
            assert.equal(typeof parseCommand({ name: kind, data }).kind, 'string');
          } catch (error) {
            assert.ok(error instanceof MilterFault, String(error));
          }
      }),
      { numRuns: 500 },
    );
  });

  test('with macros give them by name, bounded', () => {
    const many = Array.from({ length: 1000 }, (_, at) => `{m${at}}\0${'x'.repeat(5000)}\0`);
    const command = parseCommand({ name: 'D', data: Buffer.from(`M${many.join('')}`) });
    assert.ok(command.kind === 'macros' && command.stage === 'M');
    assert.equal(command.values.size, 64);
    assert.equal(command.values.get('m0')?.length, 1024);
  });

  test('with options of any offer agree on no more than was offered', () => {
    const word = fc.nat({ max: 0xffffffff });
    fc.assert(
      fc.property(word, word, word, (version, actions, steps) => {
        const offer = Buffer.alloc(12);
        offer.writeUInt32BE(version, 0);
        offer.writeUInt32BE(actions, 4);
        offer.writeUInt32BE(steps, 8);
        try {
          const { reply } = negotiate(offer);
          assert.ok(reply.readUInt32BE(5) <= Math.min(version, 6));
          assert.equal((reply.readUInt32BE(9) & ~actions) >>> 0, 0);
          assert.equal((reply.readUInt32BE(13) & ~steps) >>> 0, 0);
        } catch (error) {
          assert.ok(error instanceof MilterFault && error.faultCause === 'options');
        }
      }),
    );
  });
});

describe('answers', () => {
  test('with a text of any kind are one string of one line', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '%', '\r', '\n', '\0', 'é', '€', ' ') }),
        (text) => {
          const packet = replyWith({ code: 550, enhancedCode: '5.7.1', lines: [text] });
          assert.match(packet.toString('latin1', 5), /^550 5\.7\.1 [ -~]*\0$/);
        },
      ),
    );
  });

  test('of several lines have a code in each', () => {
    const packet = replyWith({ code: 451, enhancedCode: null, lines: ['one', '50%'] });
    assert.equal(packet.toString('latin1', 4), 'y451-one\r\n451 50%%\0');
  });
});

const fieldName = fc.constantFrom(
  'Subject',
  'subject',
  'X-Other',
  'X-Aliaswatch-Verdict',
  'x-aliaswatch-reason',
  'Authentication-Results',
  'Content-Type',
);
const fieldValue = fc.constantFrom('', ' a', ' b', ' milter.test; spf=pass', ' x\r\n\ty', '  c  ');
const fields = fc.array(fc.tuple(fieldName, fieldValue), { maxLength: 12 });
const blockOf = (list: readonly (readonly [string, string])[]): Buffer =>
  Buffer.from(list.map(([name, value]) => `${name}:${value}\r\n`).join(''));

/** What a mail server makes of these packets: as Postfix does, where what is removed renumbers what is behind it. */
function applied(block: Buffer, changes: readonly Buffer[], renumbers: boolean): Buffer {
  let list = block
    .toString('latin1')
    .split(/\r\n(?![ \t])/)
    .filter((line) => line !== '')
    .map((line) => ({ name: line.slice(0, line.indexOf(':')), line, gone: false }));
  for (const packet of changes) {
    const kind = packet.toString('latin1', 4, 5);
    const at = kind === 'h' ? 5 : 9;
    const [name = '', value = ''] = packet.toString('latin1', at).split('\0');
    const line = `${name}:${value.replaceAll('\n', '\r\n')}`;
    const field = { name, line, gone: false };
    if (kind === 'h') list.push(field);
    else if (kind === 'i') list.unshift(field);
    else {
      const named = list.filter((each) => each.name.toLowerCase() === name.toLowerCase());
      const changed = named[packet.readUInt32BE(5) - 1];
      assert.ok(changed, 'the field is there');
      if (value === '') changed.gone = true;
      else changed.line = line;
      if (renumbers) list = list.filter(({ gone }) => !gone);
    }
  }
  return Buffer.from(
    list.flatMap(({ gone, line }) => (gone ? [] : [`${line}\r\n`])).join(''),
    'latin1',
  );
}

describe('changes of the header section', () => {
  test('leave no forged field, and every other one as it was', () => {
    fc.assert(
      fc.property(fields, fc.boolean(), (list, renumbers) => {
        const before = blockOf(list);
        const wanted = removeForgedFields(before, 'milter.test');
        assert.deepEqual(applied(before, changeFields(before, wanted, true), renumbers), wanted);
      }),
    );
  });

  test('put our fields on top in their order', () => {
    fc.assert(
      fc.property(fields, fields, (list, ours) => {
        const written = ours.map(([name, value]) => [name, value || ' x'] as const);
        const changed = applied(blockOf(list), putOnTop(blockOf(written), true), true);
        assert.deepEqual(changed, Buffer.concat([blockOf(written), blockOf(list)]));
      }),
    );
  });

  test('are none where nothing changed', () => {
    fc.assert(
      fc.property(fields, (list) => {
        assert.deepEqual(changeFields(blockOf(list), blockOf(list), true), []);
      }),
    );
  });
});

describe('bytes of a message', () => {
  const value = fc.string({
    unit: fc.constantFrom('a', ' ', '\t', ':', '\n', '\r', '\0', 'é', '.'),
    maxLength: 12,
  });

  test('a header field is one field, or none', () => {
    fc.assert(
      fc.property(value, value, fc.boolean(), (name, body, leadingSpace) => {
        const field = fieldBytes(Buffer.from(name), Buffer.from(body), leadingSpace);
        if (field === null) return;
        const text = field.toString('latin1');
        assert.match(text, /^[!-9;-~]+:(?:[^\r\n\0]|\r\n[ \t])*\r\n$/);
      }),
      { numRuns: 2000 },
    );
  });

  test('a fault is found wherever chunks end', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '\r\n'), maxLength: 30 });
    fc.assert(
      fc.property(text, sizes, (body, pieceSizes) => {
        const check = new LineCheck();
        const smaller = pieceSizes.map((size) => (size % 4) + 1);
        for (const piece of inPieces(Buffer.from(body), smaller)) check.push(piece);
        const isBare = /\r(?!\n)|(?<!\r)\n/.test(body);
        assert.equal(check.fault, isBare ? 'bare-line-ending' : null);
      }),
      { numRuns: 2000 },
    );
  });

  test('a body is the rest of the message, in chunks that fit', async () => {
    await fc.assert(
      fc.asyncProperty(
        bytes,
        fc.nat({ max: 300 }),
        fc.integer({ min: 1, max: 50 }),
        async (whole, from, most) => {
          const start = Math.min(from, whole.length);
          const content = withEdits(memoryContent(whole), [insertion(0, Buffer.alloc(0))]);
          const chunks: Buffer[] = [];
          for await (const chunk of bodyOf(content, start, most)) chunks.push(chunk);
          assert.deepEqual(Buffer.concat(chunks), whole.subarray(start));
          assert.ok(chunks.every(({ length }) => length > 0 && length <= most));
        },
      ),
    );
  });
});
