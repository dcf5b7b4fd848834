import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { counterNames } from '../../src/baseline/history.ts';
import type { StoredValue } from '../../src/baseline/store.ts';
import { sketchOf, touchRecord, type ValueRecord } from '../../src/baseline/value-record.ts';
import { handedOn, inheritedValues, isInherited } from '../../src/score/inherited-values.ts';

const today = 20_780;
const members = Array.from({ length: 40 }, (_, index) => `member ${index}`);

/** A value learned on each of `days` days that have matured, from many recipients. */
function stored(table: string, value: string, days: number): StoredValue {
  const masks = {
    table,
    value,
    domains: sketchOf(members),
    recipients: sketchOf(members),
    actors: sketchOf(members),
  };
  let record: ValueRecord | null = null;
  for (let day = today - 2 - days; day < today - 2; day++) record = touchRecord(record, masks, day);
  return { table, value, record: record! };
}

const values = [
  stored('reach', '*', 60),
  stored('network', '192.0.2.0/24', 60),
  stored('network', '198.51.100.0/24', 1),
  stored('selector', 'vendor.example s1', 30),
  stored('mail-from', 'bounce.example', 30),
  stored('header-order', 'abc', 30),
  stored('domain', 'cdn.example', 60),
  stored('contact', '+18005550100', 60),
  stored('reply-to', 'help.example', 60),
  stored('display-name', 'Vendor', 60),
];
const elder = { alias: 'elder', vendor: 'Vendor', handedOn: handedOn(values, today) };
const younger = { alias: 'younger', vendor: 'Vendor', handedOn: [] };
const stranger = { alias: 'stranger', vendor: 'Other', handedOn: [] };
const inherited = inheritedValues([elder, younger, stranger]);

function takesOver(alias: string, named: string, messages = 0): boolean {
  const [table = '', ...value] = named.split(' ');
  const snapshot = { counters: { [counterNames.messages]: messages } };
  const of = inherited.get(alias) ?? new Set();
  return isInherited({ table, value: value.join(' ') }, of, snapshot);
}

describe('a young alias of a known vendor', () => {
  for (const named of [
    'network 192.0.2.0/24',
    'selector vendor.example s1',
    'mail-from bounce.example',
    'header-order abc',
  ]) {
    test(`travels as its siblings do: ${named}`, () => {
      assert.ok(takesOver('younger', named));
      assert.ok(takesOver('younger', named, 10_000));
    });
  }

  test('takes over link domains only until it has shown its own', () => {
    assert.ok(takesOver('younger', 'domain cdn.example', 199));
    assert.ok(!takesOver('younger', 'domain cdn.example', 200));
  });

  for (const named of ['contact +18005550100', 'reply-to help.example', 'display-name Vendor'])
    test(`never takes over what an attack needs: ${named}`, () => {
      assert.ok(!takesOver('younger', named));
    });

  test('takes over only what is established there', () => {
    assert.ok(!takesOver('younger', 'network 198.51.100.0/24'));
  });

  test('other vendors and the elder itself take over nothing', () => {
    assert.ok(!takesOver('stranger', 'network 192.0.2.0/24'));
    assert.ok(!takesOver('elder', 'network 192.0.2.0/24'));
  });

  test('a vendor of very many networks hands on those known longest', () => {
    const many = Array.from({ length: 1000 }, (_, index) =>
      stored('network', `net-${index}`, index === 999 ? 60 : 20),
    );
    const most = handedOn([stored('reach', '*', 60), ...many], today);
    assert.equal(most.length, 400);
    assert.equal(most[0], 'network net-999');
  });
});
