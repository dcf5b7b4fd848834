import type { Pseudonym } from '../features/hash.ts';
import { senderSketch, touchAcquaintance, type AcquaintanceTouch } from './acquaintance-record.ts';
import { touchCarriers, type Carrier } from './carrier-record.ts';
import type { LedgerChange, LedgerKey } from './ledger-store.ts';
import type { Sightings } from './ledgers.ts';
import { calendarKey, storedKey } from './stored-names.ts';

/** What is to be added to one record. */
type Touch =
  | ({ readonly kind: 'acquaintance' } & AcquaintanceTouch)
  | ({ readonly kind: 'carrier' } & Carrier);

/** What has been counted and not stored yet; equal touches are one. */
export type PendingTouches = {
  readonly size: number;
  /** Latest day of them. */
  readonly latestDay: number;
  readonly keys: readonly LedgerKey[];
  readonly change: LedgerChange;
};

export class TouchBuffer {
  readonly #capacity: number;
  readonly #pseudonym: Pseudonym;
  #touches = new Map<string, { readonly key: LedgerKey; readonly touch: Touch }>();

  constructor(capacity: number, pseudonym: Pseudonym) {
    this.#capacity = capacity;
    this.#pseudonym = pseudonym;
  }

  get size(): number {
    return this.#touches.size;
  }

  /** Gives how many touches found no room. */
  add({ day, sender, domains, correspondents, written, carried }: Sightings): number {
    const senders = senderSketch(sender);
    const acquaintance = { kind: 'acquaintance', day, senders, written: false, count: 1 } as const;
    const key = (ledger: 'domain' | 'correspondent' | 'carried', value: string) =>
      storedKey(ledger, value, this.#pseudonym);
    const touches: (readonly [LedgerKey, Touch])[] = [
      ...domains.map((value) => [key('domain', value), acquaintance] as const),
      ...correspondents.map((value) => [key('correspondent', value), acquaintance] as const),
      ...written.map(
        (value) => [key('correspondent', value), { ...acquaintance, written: true }] as const,
      ),
      ...(carried?.values ?? []).map(
        (value) =>
          [
            key('carried', value),
            { kind: 'carrier', alias: carried?.alias ?? '', day } as const,
          ] as const,
      ),
    ];
    const saysAnything = domains.length + correspondents.length > 0;
    if (saysAnything) touches.push([calendarKey, { ...acquaintance, senders: 0 }]);
    return touches.filter(([where, touch]) => !this.#merge(where, touch)).length;
  }

  /** All of it; the buffer is empty afterwards. */
  take(): PendingTouches {
    const touches = [...this.#touches.values()];
    this.#touches = new Map();
    const byKey = Map.groupBy(touches, ({ key }) => nameOfKey(key));
    return {
      size: touches.length,
      latestDay: touches.reduce((latest, { touch }) => Math.max(latest, touch.day), 0),
      keys: [...byKey.values()].flatMap(([first]) => (first ? [first.key] : [])),
      change: (key, record) =>
        (byKey.get(nameOfKey(key)) ?? []).reduce<string | null>(
          (text, { touch }) => applyTouch(text, touch),
          record,
        ),
    };
  }

  #merge(key: LedgerKey, touch: Touch): boolean {
    const place = `${nameOfKey(key)} ${touch.day} ${touch.kind === 'carrier' ? touch.alias : ''}`;
    const waiting = this.#touches.get(place);
    if (waiting === undefined && this.#touches.size >= this.#capacity) return false;
    this.#touches.set(place, { key, touch: waiting ? merged(waiting.touch, touch) : touch });
    return true;
  }
}

function nameOfKey({ ledger, name }: LedgerKey): string {
  return `${ledger} ${name}`;
}

function merged(left: Touch, right: Touch): Touch {
  if (left.kind === 'carrier' || right.kind === 'carrier') return right;
  return {
    ...left,
    senders: (left.senders | right.senders) >>> 0,
    written: left.written || right.written,
    count: left.count + right.count,
  };
}

function applyTouch(record: string | null, touch: Touch): string {
  return touch.kind === 'carrier' ? touchCarriers(record, touch) : touchAcquaintance(record, touch);
}
