import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GrowingBytes } from '../../src/smtp/growing-bytes.ts';

describe('bytes that arrive in pieces', () => {
  test('stand one behind the other, and leave what they came from as it was', () => {
    const bytes = new GrowingBytes(4);
    const first = Buffer.from('abcdef').subarray(0, 3);
    const pieces = [first, Buffer.from('x'), Buffer.from('yz'), Buffer.from('0123456789')];
    for (const piece of pieces) bytes.append(piece);
    assert.equal(bytes.bytes.toString(), 'abcxyz0123456789');
    assert.equal(first.toString(), 'abc');
    const kept = bytes.bytes;
    bytes.clear();
    bytes.append(Buffer.from('new'));
    assert.equal(kept.toString(), 'abcxyz0123456789');
    assert.equal(bytes.bytes.toString(), 'new');
  });

  test('are not copied where there is one piece only', () => {
    const bytes = new GrowingBytes(4);
    const piece = Buffer.from('all there is');
    bytes.append(piece);
    assert.equal(bytes.bytes.buffer, piece.buffer);
  });

  test('hold no memory where there are none', () => {
    const bytes = new GrowingBytes(4);
    const chunk = Buffer.alloc(100_000);
    bytes.append(chunk.subarray(chunk.length));
    assert.equal(bytes.length, 0);
    assert.notEqual(bytes.bytes.buffer, chunk.buffer);
  });
});
