import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { byCase, createPseudonym, valueHash } from '../../src/features/hash.ts';

const key = randomBytes(32);

test('a pseudonym is 64 bits of HMAC-SHA-256 over the text in lower case, the same whenever it is asked for', () => {
  const pseudonym = createPseudonym(key);
  for (const text of ['Anna@Example.com', 'anna@example.com', 'ä'.repeat(200), '', '\0x']) {
    const expected = createHmac('sha256', key)
      .update(text.toLowerCase())
      .digest('base64url')
      .slice(0, 11);
    assert.deepEqual([pseudonym(text), pseudonym(text)], [expected, expected]);
  }
});

test('under another key it is another one', () => {
  assert.notEqual(createPseudonym(key)('anna'), createPseudonym(randomBytes(32))('anna'));
});

test('by case, text in lower case keeps its pseudonym and other text has one of its own', () => {
  const pseudonym = createPseudonym(key);
  assert.equal(byCase(pseudonym)('path'), pseudonym('path'));
  assert.notEqual(byCase(pseudonym)('Path'), pseudonym('path'));
});

test('a value is 64 bits of SHA-256', () => {
  assert.equal(valueHash('abc'), 'ungWv48Bz-p');
});
