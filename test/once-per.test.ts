import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { oncePerName, oncePerObject, oncePerText } from '../src/once-per.ts';

test('each object and each name is asked about once', () => {
  const asked: unknown[] = [];
  const ofObject = oncePerObject((of: { readonly a: number }) => {
    asked.push(of);
    return { b: of.a };
  });
  const [one, another] = [{ a: 1 }, { a: 1 }];
  assert.equal(ofObject(one), ofObject(one));
  assert.notEqual(ofObject(one), ofObject(another));
  assert.deepEqual(ofObject(another), { b: 1 });
  const ofName = oncePerName((of) => {
    asked.push(of);
    return '';
  });
  for (const name of ['x', 'y', 'x']) assert.equal(ofName(name), '');
  assert.deepEqual(asked, [one, another, 'x', 'y']);
});

test('of texts the last ones are kept, and long ones not at all', () => {
  const asked: string[] = [];
  const lengthOf = oncePerText(2, (of) => {
    asked.push(of);
    return { length: of.length };
  });
  const long = 'x'.repeat(513);
  for (const text of ['a', 'b', 'a', 'c', 'a', 'b', long, long, '\ud800é'])
    assert.equal(lengthOf(text).length, text.length);
  assert.deepEqual(asked, ['a', 'b', 'c', 'b', long, long, '\ud800é']);
  assert.equal(lengthOf('b'), lengthOf('b'));
});

test('a text is forgotten in time, and an answer that is too large at once', async () => {
  const asked: string[] = [];
  const ask = (of: string) => {
    asked.push(of);
    return { of };
  };
  const brief = oncePerText(10, ask, ({ of }) => of !== 'large', 50);
  for (const text of ['a', 'a', 'large', 'large']) brief(text);
  await delay(100);
  for (const text of ['a', 'a']) brief(text);
  assert.deepEqual(asked, ['a', 'large', 'large', 'a']);
});
