import {
  actorTraffic,
  addNewcomer,
  isNewActor,
  noNewcomers,
  seeActor,
  type ActorRow,
  type ActorTraffic,
  type Newcomers,
} from '../../src/baseline/actor-traffic.ts';
import {
  addCounters,
  buildSnapshot,
  dayOf,
  hourOf,
  subtractCounters,
  type Counters,
  type Snapshot,
} from '../../src/baseline/ledger.ts';
import * as retention from '../../src/baseline/retention.ts';
import type {
  Commit,
  Observation,
  ObserveRequest,
  StoredValue,
  StoreLimits,
} from '../../src/baseline/store.ts';
import {
  countCodes,
  epochOf,
  mergeCodes,
  passedOfHour,
  recipientCodes,
  slidingHour,
  storedValue,
} from '../../src/baseline/stored-form.ts';
import {
  forgetDay,
  sketchOf,
  touchRecord,
  untouchRecord,
  type ValueRecord,
} from '../../src/baseline/value-record.ts';

export type Content = Omit<Snapshot, 'version'>;

/** What a store must answer, said with plain maps and the pure functions; versions apart. One alias. */
export class StoreModel {
  readonly #limits: StoreLimits;
  readonly #buckets = new Map<number, Counters>();
  readonly #tables = new Map<string, Map<string, ValueRecord>>();
  readonly #applied = new Set<string>();
  readonly #hours = new Map<number, number>();
  readonly #signatures = new Map<string, string>();
  readonly #actors = new Map<string, ActorRow>();
  readonly #newcomers = new Map<number, Newcomers>();
  readonly #daily = new Map<number, number>();

  constructor(limits: StoreLimits) {
    this.#limits = limits;
  }

  observe(request: ObserveRequest): Omit<Observation, 'snapshot'> & { readonly snapshot: Content } {
    const { at, values, signature, recipients, count } = request;
    const hour = hourOf(at);
    const day = dayOf(at);
    const epoch = epochOf(day);
    const todayMessages = (this.#daily.get(day) ?? 0) + 1;
    const thisHour = (this.#hours.get(hour) ?? 0) + 1;
    const codes = mergeCodes(
      this.#signatures.get(`${epoch} ${signature}`) ?? '',
      recipientCodes(recipients),
    );
    if (count) {
      this.#hours.set(hour, thisHour);
      this.#daily.set(day, todayMessages);
      const { keep, most } = retention.trafficDays;
      const oldest = [...this.#daily.keys()].sort((a, b) => a - b);
      if (oldest.length > most)
        for (const old of oldest.slice(0, oldest.length - keep)) this.#daily.delete(old);
      if (this.#hours.size > retention.hours.most) {
        for (const other of this.#hours.keys())
          if (Math.abs(other - hour) > retention.hours.keepWithin) this.#hours.delete(other);
      }
      if (signature !== null) this.#signatures.set(`${epoch} ${signature}`, codes);
    }
    return {
      records: values.map(
        ({ table, value }) => this.#tables.get(table)?.get(storedValue(value)) ?? null,
      ),
      reach: this.#tables.get('reach')?.get('*') ?? null,
      signatureRecipients:
        signature === null
          ? 0
          : countCodes(mergeCodes(codes, this.#signatures.get(`${epoch - 1} ${signature}`) ?? '')),
      hourMessages: slidingHour(thisHour, this.#hours.get(hour - 1) ?? 0, at),
      traffic: this.#traffic(request),
      dayMessages: { today: todayMessages, yesterday: this.#daily.get(day - 1) ?? 0 },
      snapshot: this.snapshot(at),
    };
  }

  #traffic({ actor, at, count, recipients }: ObserveRequest): ActorTraffic {
    const hour = hourOf(at);
    const hours = {
      newcomers: this.#newcomers.get(hour) ?? noNewcomers,
      before: this.#newcomers.get(hour - 1) ?? noNewcomers,
      passed: passedOfHour(at),
    };
    if (actor === '') return actorTraffic(null, hours);
    const row = this.#actors.get(actor) ?? null;
    const { stored, asOf } = seeActor(row, hour, sketchOf(recipients));
    const learned = this.#tables.get('actor')?.get(storedValue(actor)) ?? null;
    const isNew = isNewActor(asOf, learned, dayOf(at));
    const newcomers = isNew ? addNewcomer(hours.newcomers, asOf) : hours.newcomers;
    if (count) {
      this.#actors.set(actor, stored);
      if (newcomers !== hours.newcomers) this.#newcomers.set(hour, newcomers);
      if (this.#newcomers.size > retention.hours.most) {
        for (const other of this.#newcomers.keys())
          if (Math.abs(other - hour) > retention.hours.keepWithin) this.#newcomers.delete(other);
      }
    }
    return actorTraffic({ row: asOf, isNew }, { ...hours, newcomers });
  }

  commit({ id, day, counters, values }: Commit): void {
    if (this.#applied.has(id)) return;
    this.#applied.add(id);
    this.#buckets.set(day, addCounters(this.#buckets.get(day) ?? {}, counters));
    for (const old of retention.outdatedBuckets([...this.#buckets.keys()], this.#limits))
      this.#buckets.delete(old);
    let isNew = false;
    for (const touch of values) {
      const table = this.#tables.get(touch.table) ?? new Map<string, ValueRecord>();
      const before = table.get(storedValue(touch.value)) ?? null;
      isNew ||= before === null;
      this.#tables.set(
        touch.table,
        table.set(storedValue(touch.value), touchRecord(before, touch, day)),
      );
    }
    if (isNew) this.#evict([...new Set(values.map(({ table }) => table))]);
  }

  retract({ id, day, counters, values }: Commit): void {
    if (this.#applied.has(`taken back ${id}`)) return;
    this.#applied.add(`taken back ${id}`);
    const isNew = !this.#applied.has(id);
    this.#applied.add(id);
    if (isNew && retention.areCommitsKnown(day, dayOf(new Date()))) return;
    const rest = subtractCounters(this.#buckets.get(day) ?? {}, counters);
    if (Object.keys(rest).length > 0) this.#buckets.set(day, rest);
    else this.#buckets.delete(day);
    for (const touch of values) {
      const [table, value] = [this.#tables.get(touch.table), storedValue(touch.value)];
      const record = table?.get(value);
      const left = record ? untouchRecord(record) : null;
      if (left) table?.set(value, left);
      else table?.delete(value);
    }
  }

  #evict(touched: readonly string[]): void {
    for (const name of touched) {
      const surplus = retention.surplusValues(
        this.#tables.get(name)!.size,
        retention.valueCap(name, this.#limits),
      );
      this.#drop(name, surplus);
    }
    const sizes = new Map([...this.#tables].map(([name, { size }]) => [name, size]));
    const crowded = retention.crowdedTable(sizes, touched, this.#limits);
    if (crowded !== null) this.#drop(crowded.table, crowded.surplus);
  }

  #drop(name: string, surplus: number): void {
    const table = this.#tables.get(name)!;
    for (const value of retention.outdatedValues(table, surplus)) table.delete(value);
  }

  snapshot(at: Date): Content {
    const { days, firstDay, counters, daily } = buildSnapshot(
      this.#buckets,
      dayOf(at),
      this.#limits.windowDays,
      0,
      this.#daily,
    );
    return { days, firstDay, counters, daily };
  }

  values(): readonly StoredValue[] {
    return sorted(
      [...this.#tables].flatMap(([table, records]) =>
        [...records].map(([value, record]) => ({ table, value, record })),
      ),
    );
  }

  forget(day: number | null): void {
    if (day === null) {
      for (const part of [
        this.#buckets,
        this.#tables,
        this.#applied,
        this.#hours,
        this.#signatures,
        this.#actors,
        this.#newcomers,
        this.#daily,
      ])
        part.clear();
      return;
    }
    this.#buckets.delete(day);
    this.#daily.delete(day);
    for (const table of this.#tables.values()) {
      for (const [value, record] of table) {
        const rest = forgetDay(record, day);
        if (rest === null) table.delete(value);
        else table.set(value, rest);
      }
    }
  }
}

export function sorted(values: readonly StoredValue[]): readonly StoredValue[] {
  const key = ({ table, value }: StoredValue) => `${table} ${value}`;
  return values.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
