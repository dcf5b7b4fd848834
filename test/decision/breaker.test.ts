import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  advanceBreaker,
  closeBreaker,
  closedBreaker,
  type Breaker,
  type BreakerRules,
  type ScoredEvent,
} from '../../src/decision/breaker.ts';
import { systemicBits } from '../../src/decision/systemic-bits.ts';

const rules: BreakerRules = { enabled: true, systemicBits: 20, quietMinutes: 30, budget: 1e-5 };
const start = 1_000_000_000_000;
const minute = 60_000;

/** A scored message of vendor number `vendor`, flagged where a signal is named. */
function event(
  vendor: number,
  given: {
    signal?: string;
    keys?: readonly string[];
    minutes?: number;
    hourMessages?: number;
  } = {},
): ScoredEvent {
  const { signal, keys = [`only-${vendor}`], minutes = 0, hourMessages = 1 } = given;
  return {
    atMs: start + minutes * minute,
    alias: `alias-${vendor}`,
    vendor: `vendor-${vendor}`,
    hourMessages,
    flag: signal === undefined ? null : { signal, keys },
  };
}

const run = (
  events: readonly ScoredEvent[],
  given: Partial<BreakerRules> = {},
  from = closedBreaker,
) =>
  events.reduce(
    (breaker: Breaker, next) => advanceBreaker(breaker, next, { ...rules, ...given }),
    from,
  );

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
/** 40 aliases of 40 vendors with an honest message each. */
const forty = numbers(40).map((vendor) => event(vendor));

describe('systemic bits', () => {
  test('the worked example: 40 aliases, usually flagged in 1 % of the hours', () => {
    assert.ok(Math.abs(systemicBits(40, 0.01, 4) - 10.5) < 0.1);
    assert.ok(Math.abs(systemicBits(40, 0.01, 7) - 22.8) < 0.1);
  });
  test('nothing flagged is no surprise, everything flagged is finite', () => {
    assert.equal(systemicBits(40, 0.01, 0), 0);
    assert.equal(systemicBits(0, 0.01, 0), 0);
    assert.equal(systemicBits(1000, 0.01, 1000), 1000);
  });
  test('one more flagged alias is never less of a surprise', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 1e-6, max: 0.999, noNaN: true }),
        fc.nat({ max: 1000 }),
        (active, usual, flagged) => {
          const least = Math.min(flagged, active - 1);
          const bits = systemicBits(active, usual, least);
          assert.ok(systemicBits(active, usual, least + 1) >= bits - 1e-9 && bits >= 0);
        },
      ),
    );
  });
});

describe('we are broken', () => {
  test('one signal on unrelated vendors, each with a value of its own, opens it', () => {
    const three = run([...forty, ...numbers(3).map((v) => event(v, { signal: 'header-order' }))]);
    assert.equal(three.open, null, 'three of forty may be chance');
    const four = run([...forty, ...numbers(4).map((v) => event(v, { signal: 'header-order' }))]);
    assert.equal(four.open?.cause, 'signal');
    assert.match(four.open.reason, /^4 of 40 aliases .*4 vendors for "header-order"/);
  });

  test('many aliases at once for this and that open it as well', () => {
    const flags = (count: number) => numbers(count).map((v) => event(v, { signal: `signal-${v}` }));
    assert.equal(run([...forty, ...flags(6)]).open, null);
    assert.equal(run([...forty, ...flags(7)]).open?.cause, 'systemic');
  });

  test('a flood through one alias hides nothing', () => {
    const flood = numbers(500).map((n) => event(0, { signal: 'phone', keys: [`number-${n}`] }));
    const fault = numbers(12).map((v) => event(v + 1, { signal: 'header-order' }));
    assert.equal(run([...forty, ...flood]).open, null);
    assert.notEqual(run([...forty, ...flood, ...fault]).open, null);
  });
});

describe('it is an attack, or chance', () => {
  test('flags that share a value are a campaign, across however many vendors', () => {
    const campaign = numbers(40).map((v) => event(v, { signal: 'phone', keys: ['the phone'] }));
    assert.equal(run([...forty, ...campaign]).open, null);
  });

  test('the aliases of one vendor are that vendor', () => {
    const redesign = numbers(10).map((v) => ({
      ...event(v, { signal: 'layout' }),
      vendor: 'one vendor',
    }));
    assert.equal(run([...forty, ...redesign]).open, null);
  });

  test('as many flags as the budget allows open nothing, however busy the hour is', () => {
    // At 1e-3 an alias with 2,000 messages an hour has a false positive in most hours.
    const busy = numbers(40).map((v) => event(v, { hourMessages: 2000 }));
    const flags = numbers(20).map((v) => event(v, { signal: `signal-${v}`, hourMessages: 2000 }));
    assert.equal(run([...busy, ...flags], { budget: 1e-3 }).open, null);
    assert.notEqual(run([...busy, ...flags], { budget: 1e-6 }).open, null);
  });

  test('flags that are an hour apart have nothing to do with one another', () => {
    const slow = numbers(7).flatMap((v) => [
      ...forty.map((honest) => ({ ...honest, atMs: start + v * 70 * minute })),
      event(v, { signal: 'header-order', minutes: v * 70 }),
    ]);
    assert.equal(run(slow).open, null);
  });

  test('switched off it stays closed, and closes', () => {
    const fault = [...forty, ...numbers(20).map((v) => event(v, { signal: 'header-order' }))];
    assert.equal(run(fault, { enabled: false }).open, null);
    assert.equal(run([event(0)], { enabled: false }, run(fault)).open, null);
  });
});

describe('closing', () => {
  const opened = run([...forty, ...numbers(8).map((v) => event(v, { signal: 'header-order' }))]);

  test('after 30 quiet minutes, not before', () => {
    assert.notEqual(opened.open, null);
    assert.notEqual(run([event(20, { minutes: 29 })], {}, opened).open, null);
    assert.equal(run([event(20, { minutes: 31 })], {}, opened).open, null);
  });

  test('while the fault goes on it stays open', () => {
    const goesOn = numbers(30).flatMap((step) =>
      numbers(8).map((v) =>
        event(v, { signal: 'header-order', keys: [`${step} ${v}`], minutes: step * 4 }),
      ),
    );
    assert.notEqual(run(goesOn, {}, opened).open, null);
  });

  test('by hand, and the flags so far do not open it again', () => {
    const closed = closeBreaker(opened);
    assert.equal(closed.open, null);
    assert.equal(run([event(9, { signal: 'header-order', minutes: 1 })], {}, closed).open, null);
  });
});

test('whatever happens, memory is bounded', () => {
  let breaker = closedBreaker;
  for (let n = 0; n < 5000; n++)
    breaker = advanceBreaker(breaker, event(n, { signal: 'phone', keys: [String(n)] }), rules);
  assert.ok(breaker.active.size <= 1001 && breaker.flags.length <= 1001);
});
