import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addresseesOf } from '../../src/notices/addressees.ts';
import { chooseTexts } from '../../src/notices/choose-texts.ts';
import { isOwnNotice, noticeMessageId } from '../../src/notices/notice-message-id.ts';
import { shippedLanguages } from './samples.ts';

const rcptTo = ['ann@example.test', 'Desk@mx.test', 'bob@example.test'];

test('recipients only where they should be told; an administrator among them once', () => {
  const noticeTo = ['desk@mx.test'];
  assert.deepEqual(addresseesOf(rcptTo, { noticeTo, noticeRecipients: 'none' }), [
    { address: 'desk@mx.test', audience: 'admin' },
  ]);
  assert.deepEqual(
    addresseesOf(rcptTo, { noticeTo, noticeRecipients: 'held' }).map(
      ({ address, audience }) => `${audience} ${address}`,
    ),
    ['admin desk@mx.test', 'recipient ann@example.test', 'recipient bob@example.test'],
  );
  assert.deepEqual(addresseesOf(rcptTo, { noticeTo: [], noticeRecipients: 'none' }), []);
});

test('each recipient domain has its language', async () => {
  const languages = await shippedLanguages();
  const textsFor = chooseTexts(languages, { everybody: 'en', domains: { 'example.fr': 'fr' } });
  assert.equal(textsFor('a@Example.FR').language, 'fr');
  assert.equal(textsFor('a@sub.example.fr').language, 'en');
  assert.equal(textsFor(null).language, 'en');
  assert.throws(
    () => chooseTexts(languages, { everybody: 'xx', domains: {} }),
    /no notices in `xx`; known are de, en, es, fr, it, nl, pl, pt; add rules\/notices\/xx\.yaml/,
  );
});

describe('a notice that comes back', () => {
  const key = Buffer.alloc(32, 1);
  const id = '0mh2q7k1c4x9p0zv5t3b';
  const own = noticeMessageId(id, 'mx.test', key);
  test('is known by its seal, also under an older key', () => {
    assert.ok(isOwnNotice(own, [Buffer.alloc(32, 2), key]));
  });
  for (const [name, forged] of [
    ['another id', own.replace(id, '0mh2q7k1c4x9p0zv5t3c')],
    ['no seal', `<notice.${id}@mx.test>`],
    ['a wrong seal', own.replace(/\.[0-9a-f]{20}@/, `.${'0'.repeat(20)}@`)],
    ['nothing', ''],
  ] as const)
    test(`cannot be forged: ${name}`, () => {
      assert.ok(!isOwnNotice(forged, [key]));
    });
});
