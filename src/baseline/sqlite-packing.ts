import type { Counters } from './ledger.ts';
import type { NameId } from './sqlite-names.ts';
import { decodeRecord } from './stored-form.ts';
import type { ValueRecord } from './value-record.ts';
import { decodeVarints, encodeVarints } from './varints.ts';

/** How a file keeps what there is most of: a record takes half the bytes of its text, a bucket a fifth. */

/** Last day as days after the first. */
export function packRecord(record: ValueRecord): Uint8Array {
  const { firstDay, lastDay, days, recentDays, domains, recipients, actors, count } = record;
  return encodeVarints([
    ...[firstDay, lastDay - firstDay, days, recentDays],
    ...[domains, recipients, actors, count],
  ]);
}

export function unpackRecord(bytes: Uint8Array): ValueRecord {
  const [firstDay, span, days, recentDays, domains, recipients, actors, count] = decodeVarints(
    bytes,
  ) as EightNumbers;
  const lastDay = firstDay + span;
  return { firstDay, lastDay, days, recentDays, domains, recipients, actors, count };
}

type EightNumbers = [number, number, number, number, number, number, number, number];

/** Pairs: how much further the id of the counter is than the one before, and its amount. */
export function packCounters(counters: Counters, idOf: (name: string) => NameId): Uint8Array {
  return packPairs(Object.entries(counters).map(([name, amount]) => [idOf(name), amount]));
}

export function unpackCounters(bytes: Uint8Array, nameOf: (id: NameId) => string): Counters {
  const counters: Record<string, number> = {};
  const numbers = decodeVarints(bytes);
  let id = 0;
  for (let i = 0; i < numbers.length; i += 2) {
    id += numbers[i] ?? 0;
    counters[nameOf(id)] = numbers[i + 1] ?? 0;
  }
  return counters;
}

function packPairs(pairs: readonly (readonly [NameId, number])[]): Uint8Array {
  const numbers: number[] = [];
  let before = 0;
  for (const [id, amount] of pairs.toSorted(([a], [b]) => a - b)) {
    numbers.push(id - before, amount);
    before = id;
  }
  return encodeVarints(numbers);
}

/** Of a file that is brought up to date: its texts as they are kept now, in SQL. */
export const packingFunctions = {
  packed_record: (text: string) => packRecord(decodeRecord(text)),
  packed_pairs: (text: string) => packPairs(JSON.parse(text) as [NameId, number][]),
};
