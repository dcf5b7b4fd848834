import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEstablished } from '../../src/baseline/novelty.ts';
import { sketchOf, touchRecord, type ValueRecord } from '../../src/baseline/value-record.ts';

const today = 20_000;
type Learned = {
  readonly days: readonly number[];
  readonly domains: number;
  readonly recipients?: number;
  readonly actors?: number;
};

function record({ days, domains, recipients = domains, actors = 1 }: Learned): ValueRecord {
  const members = (count: number, of: string) =>
    sketchOf(Array.from({ length: count }, (_, index) => `${of}${index * 7919}`));
  const touch = {
    table: 't',
    value: 'v',
    domains: members(domains, 'd'),
    recipients: members(recipients, 'r'),
    actors: members(actors, 'a'),
  };
  return days
    .map((ago) => today - ago)
    .reduce<ValueRecord | null>((known, day) => touchRecord(known, touch, day), null)!;
}

const many: Learned = { days: [60, 1], domains: 40, recipients: 40, actors: 40 };
const oneSite: Learned = { days: [60, 1], domains: 1, recipients: 1, actors: 1 };
const span = (from: number, to: number) =>
  Array.from({ length: from - to + 1 }, (_, index) => from - index);

const cases: readonly {
  readonly name: string;
  readonly table?: string;
  readonly value: Learned | null;
  readonly reach?: Learned;
  readonly expected: boolean;
}[] = [
  { name: 'never seen', value: null, expected: false },
  {
    name: 'three matured days over many domains',
    value: { days: [6, 5, 4], domains: 20 },
    expected: true,
  },
  {
    name: 'a thousand times on one day',
    value: { days: Array.from({ length: 1000 }, () => 5), domains: 40 },
    expected: false,
  },
  {
    name: 'three days, one domain of many',
    value: { days: [6, 5, 4], domains: 1 },
    expected: false,
  },
  {
    name: 'three days of which two are not matured',
    value: { days: [4, 1, 0], domains: 20 },
    expected: false,
  },
  {
    name: 'forty days to one domain (a drip)',
    value: { days: span(42, 3), domains: 1 },
    expected: false,
  },
  {
    name: 'one site: six days are too few',
    value: { days: span(8, 3), domains: 1 },
    reach: oneSite,
    expected: false,
  },
  {
    name: 'one site: seven days',
    value: { days: span(9, 3), domains: 1 },
    reach: oneSite,
    expected: true,
  },
  {
    name: 'a phone number after seven days',
    table: 'contact',
    value: { days: span(9, 3), domains: 20, actors: 9 },
    expected: false,
  },
  {
    name: 'a phone number after ten days of one actor',
    table: 'contact',
    value: { days: span(12, 3), domains: 20, actors: 1 },
    expected: false,
  },
  {
    name: 'a phone number after ten days of several actors',
    table: 'contact',
    value: { days: span(12, 3), domains: 20, actors: 9 },
    expected: true,
  },
  {
    name: 'a recipient written to once',
    table: 'recipient',
    value: { days: [0], domains: 1 },
    expected: true,
  },
];
for (const { name, table = 'domain', value, reach = many, expected } of cases) {
  test(`established: ${name}`, () =>
    assert.equal(isEstablished(table, value && record(value), record(reach), today), expected));
}
