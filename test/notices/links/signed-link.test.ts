import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { loadLinkKeys, rotateLinkKeys } from '../../../src/notices/links/link-keys.ts';
import { linkPurposes, readLink, signLink } from '../../../src/notices/links/signed-link.ts';
import { messageId, temporaryDirectory } from '../samples.ts';

const now = new Date('2026-03-05T08:00:00Z');
const claim = {
  message: messageId,
  recipient: 'ann@example.test',
  purpose: 'release',
  expiresAt: new Date('2026-03-06T08:00:00Z'),
} as const;
const key = Buffer.alloc(32, 7);
const keys = { current: { version: 1, key }, all: new Map([[1, key]]) };

describe('a link', () => {
  test('says what it was signed for', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.constantFrom(...linkPurposes),
        (recipient, purpose) => {
          const token = signLink({ ...claim, recipient, purpose }, keys);
          assert.match(token, /^[A-Za-z0-9._-]+$/, 'safe in a path');
          const reading = readLink(token, keys, now);
          assert.deepEqual(reading.ok && reading.claim, { ...claim, recipient, purpose });
        },
      ),
    );
  });

  test('does nothing once any of it is changed', () => {
    const token = signLink(claim, keys);
    const alphabet = 'ABCxyz019-_.';
    fc.assert(
      fc.property(
        fc.nat({ max: token.length - 1 }),
        fc.constantFrom(...Array.from(alphabet)),
        (index, character) => {
          fc.pre(token[index] !== character);
          const changed = token.slice(0, index) + character + token.slice(index + 1);
          const reading = readLink(changed, keys, now);
          assert.ok(!reading.ok && reading.problem === 'invalid' && reading.claim === null);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('of one purpose is none of the other', () => {
    const [version, fields] = signLink({ ...claim, purpose: 'report' }, keys).split('.');
    const [, , mac] = signLink(claim, keys).split('.');
    assert.equal(readLink(`${version}.${fields}.${mac}`, keys, now).ok, false);
  });

  test('ends at its time', () => {
    const token = signLink(claim, keys);
    const reading = readLink(token, keys, claim.expiresAt);
    assert.ok(!reading.ok && reading.problem === 'expired');
    assert.ok(readLink(token, keys, new Date(claim.expiresAt.getTime() - 1)).ok);
  });

  test('of nobody is read without harm', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (token) => {
        assert.equal(readLink(token, keys, now).ok, false);
      }),
    );
  });
});

describe('keys', () => {
  test('are made once, readable by us alone, also by many at the same time', async () => {
    await using directory = await temporaryDirectory();
    const [first, ...others] = await Promise.all(
      Array.from({ length: 20 }, () => loadLinkKeys(directory.path)),
    );
    for (const other of others) assert.deepEqual(other, first);
    assert.deepEqual(await readdir(directory.path), ['notice-links.key']);
    const file = await stat(join(directory.path, 'notice-links.key'));
    assert.equal(file.mode & 0o777, 0o600);
  });

  test('are rotated: links of the last one work, but for when they are revoked', async () => {
    await using directory = await temporaryDirectory();
    const token = signLink(claim, await loadLinkKeys(directory.path));
    const rotated = await rotateLinkKeys(directory.path, { revoke: false });
    assert.equal(rotated.current.version, 2);
    assert.ok(readLink(token, rotated, now).ok);
    assert.notEqual(signLink(claim, rotated), token);
    const revoked = await rotateLinkKeys(directory.path, { revoke: true });
    assert.equal(readLink(token, revoked, now).ok, false);
    assert.equal((await stat(join(directory.path, 'notice-links.key'))).mode & 0o777, 0o600);
  });

  test('that are damaged are a sentence, and never replaced', async () => {
    await using directory = await temporaryDirectory();
    const path = join(directory.path, 'notice-links.key');
    for (const content of ['', 'x', '1 short\n']) {
      await writeFile(path, content);
      await assert.rejects(
        loadLinkKeys(directory.path),
        /notice-links\.key is damaged: restore it/,
      );
      assert.equal(await readFile(path, 'utf8'), content);
    }
  });
});
