import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { dayOf, maturationDays } from '../../src/baseline/ledger.ts';
import {
  defaultStoreLimits,
  mostLookups,
  type BaselineStore,
  type Commit,
  type ObserveRequest,
  type StoreLimits,
} from '../../src/baseline/store.ts';
import { sketchOf, type ValueTouch } from '../../src/baseline/value-record.ts';
import { StoreModel } from './store-model.ts';

export type StoreUnderTest = {
  readonly name: string;
  readonly skip: string | false;
  /** A store, or another client of the same one. */
  readonly open: (limits: StoreLimits) => Promise<BaselineStore>;
  /** Whether two of them see the same data. */
  readonly isShared: boolean;
};

export const today = 20_700;

export function timeOn(day: number, hours = 12): Date {
  return new Date((day * 24 + hours) * 3_600_000);
}

export function request(
  alias: string,
  at: Date,
  rest: Partial<ObserveRequest> = {},
): ObserveRequest {
  return {
    alias,
    at,
    values: [],
    signature: null,
    recipients: [],
    actor: '',
    count: true,
    ...rest,
  };
}

export function touch(table: string, value: string, member = 'someone'): ValueTouch {
  const mask = sketchOf([member]);
  return { table, value, domains: mask, recipients: mask, actors: mask };
}

export function lesson(alias: string, day: number, rest: Partial<Commit> = {}): Commit {
  return { id: randomUUID(), alias, day, counters: { n: 1 }, values: [], ...rest };
}

export function newAlias(): string {
  return `alias-${randomUUID()}`;
}

type Case = readonly [
  name: string,
  check: (store: BaselineStore, alias: string, under: StoreUnderTest) => Promise<void>,
  limits?: Partial<StoreLimits>,
];

const cases: readonly Case[] = [
  [
    'an alias nobody has seen has no history',
    async (store, alias) => {
      const observed = await store.observe(
        request(alias, timeOn(today), { values: [touch('domain', 'a.example')] }),
      );
      const { version, ...snapshot } = observed.snapshot;
      assert.deepEqual(
        { ...observed, snapshot },
        {
          records: [null],
          reach: null,
          signatureRecipients: 0,
          hourMessages: 1,
          traffic: {
            actorHourMessages: 0,
            actorHourRecipients: 0,
            actorIsNew: false,
            newActorsThisHour: 0,
          },
          dayMessages: { today: 1, yesterday: 0 },
          snapshot: { days: 0, firstDay: null, counters: {}, daily: [] },
        },
      );
      assert.ok(version);
      assert.deepEqual(await store.describe(alias, timeOn(today)), {
        snapshot: observed.snapshot,
        values: [],
      });
      assert.ok(!(await store.aliases()).includes(alias));
    },
  ],
  [
    'lessons that come at once teach what they do one after another, each once',
    async (store, alias) => {
      const lessonsFor = (name: string) =>
        Array.from({ length: 60 }, (_, index) =>
          lesson(name, today - Math.floor(index / 40), {
            id: `lesson ${index % 50}`,
            counters: { n: 1, [`w.body.${index % 7}`]: 1 + (index % 3) },
            values: [
              touch('domain', 'a.example', `member ${index % 9}`),
              touch('domain', `${index % 11}.example`, `member ${index % 5}`),
              touch('layout', 'a.example'),
            ],
          }),
        );
      const other = newAlias();
      for (const one of lessonsFor(other)) await store.commit(one);
      await Promise.all(lessonsFor(alias).map((one) => store.commit(one)));
      const [taught, expected] = await Promise.all(
        [alias, other].map(async (name) => {
          const { snapshot, values } = await store.describe(name, timeOn(today + maturationDays));
          const text = ({ table, value }: { readonly table: string; readonly value: string }) =>
            `${table} ${value}`;
          return {
            snapshot: { ...snapshot, version: '' },
            values: values.toSorted((left, right) => (text(left) < text(right) ? -1 : 1)),
          };
        }),
      );
      assert.equal(expected?.snapshot.counters['n'], 50);
      assert.deepEqual(taught, expected);
    },
  ],
  [
    'what was learned is seen once it has matured, and no more once it left the window',
    async (store, alias) => {
      await store.commit(lesson(alias, today, { counters: { n: 2, 's.-3': 1 } }));
      await store.commit(lesson(alias, today, { counters: { n: 1 } }));
      const daysSeen = [];
      for (let day = today; day < today + 15; day++) {
        const { snapshot } = await store.observe(request(alias, timeOn(day)));
        if (snapshot.days > 0) {
          daysSeen.push(day - today);
          assert.deepEqual(snapshot.counters, { n: 3, 's.-3': 1 });
          assert.equal(snapshot.firstDay, today);
        } else assert.deepEqual(snapshot.counters, {});
      }
      assert.deepEqual(daysSeen, [2, 3, 4, 5, 6, 7, 8, 9]);
    },
    { windowDays: 10 },
  ],
  [
    'a late commit to a matured day is in the next snapshot',
    async (store, alias) => {
      await store.commit(lesson(alias, today - 5));
      const before = await store.observe(request(alias, timeOn(today)));
      await store.commit(lesson(alias, today - maturationDays, { counters: { n: 4, late: 1 } }));
      const after = await store.observe(request(alias, timeOn(today)));
      assert.deepEqual(before.snapshot.counters, { n: 1 });
      assert.deepEqual(after.snapshot.counters, { n: 5, late: 1 });
      assert.notEqual(after.snapshot.version, before.snapshot.version);
    },
  ],
  [
    'the version changes with the content and only then',
    async (store, alias) => {
      await store.commit(lesson(alias, today - 5));
      const observe = async (day: number) =>
        (await store.observe(request(alias, timeOn(day)))).snapshot.version;
      const first = await observe(today);
      await store.commit(lesson(alias, today));
      await store.commit(lesson(alias, today - 1));
      assert.equal(await observe(today), first);
      assert.notEqual(await observe(today + 1), first);
      const second = await observe(today + 2);
      await store.forget(alias, today - 5);
      assert.notEqual(await observe(today + 2), second);
    },
  ],
  [
    'a commit that comes again changes nothing',
    async (store, alias) => {
      const commit = lesson(alias, today, { values: [touch('domain', 'a.example')] });
      await Promise.all([store.commit(commit), store.commit(commit)]);
      await store.commit(commit);
      const { snapshot, values } = await store.describe(alias, timeOn(today + maturationDays));
      assert.deepEqual(snapshot.counters, { n: 1 });
      assert.deepEqual(
        values.map(({ record }) => record.count),
        [1],
      );
    },
  ],
  [
    'a commit that comes again after 999 others changes nothing',
    async (store, alias) => {
      const commits = Array.from({ length: 1150 }, (_, i) => lesson(alias, today - (i % 2)));
      for (const commit of commits) await store.commit(commit);
      for (const commit of commits.slice(-1000)) await store.commit(commit);
      const { snapshot } = await store.describe(alias, timeOn(today + maturationDays));
      assert.deepEqual(snapshot.counters, { n: 1150 });
    },
  ],
  [
    'reading without counting moves nothing',
    async (store, alias) => {
      const read = request(alias, timeOn(today), {
        signature: 'sig',
        recipients: ['a', 'b'],
        actor: 'a tenant',
        count: false,
      });
      const first = await store.observe(read);
      const second = await store.observe(read);
      assert.equal(second.hourMessages, 1);
      assert.equal(second.signatureRecipients, 2);
      assert.deepEqual(second.traffic, {
        actorHourMessages: 1,
        actorHourRecipients: 2,
        actorIsNew: true,
        newActorsThisHour: 1,
      });
      const counted = await store.observe({ ...read, recipients: ['c'], count: true });
      assert.equal(counted.hourMessages, 1);
      assert.equal(counted.signatureRecipients, 1);
      assert.deepEqual({ ...first, snapshot: null }, { ...second, snapshot: null });
    },
  ],
  [
    'a signature is counted by its recipients over this epoch and the one before',
    async (store, alias) => {
      const monday = 20_700;
      const seen = async (day: number, recipients: readonly string[]) =>
        (await store.observe(request(alias, timeOn(day), { signature: 'sig', recipients })))
          .signatureRecipients;
      assert.equal(await seen(monday, ['a']), 1);
      assert.equal(await seen(monday, ['a', 'b']), 2);
      assert.equal(await seen(monday + 4, ['c']), 3);
      assert.equal(await seen(monday + 8, ['a']), 2, 'c of the epoch before, and a again');
      const many = Array.from({ length: 400 }, (_, i) => `recipient ${i}`);
      assert.equal(await seen(monday + 8, many), 32);
      const other = await store.observe(
        request(alias, timeOn(monday), { signature: 'another', recipients: ['a'] }),
      );
      assert.equal(other.signatureRecipients, 1);
    },
  ],
  [
    'a replayed signature outlives a thousand that were seen once',
    async (store, alias) => {
      const seen = async (signature: string, recipient: string) =>
        (await store.observe(request(alias, timeOn(today), { signature, recipients: [recipient] })))
          .signatureRecipients;
      await seen('replayed', 'a');
      await seen('replayed', 'b');
      await seen('single', 'a');
      for (let i = 0; i < 1000; i++) await seen(`other ${i}`, 'a');
      assert.equal(await seen('replayed', 'c'), 3);
      assert.equal(await seen('single', 'b'), 1, 'memory is bounded');
      assert.equal(await seen('other 999', 'b'), 2);
    },
  ],
  [
    'the sliding hour takes its share of the hour before',
    async (store, alias) => {
      for (let i = 0; i < 10; i++) await store.observe(request(alias, timeOn(today, 11.9)));
      const halfPast = await store.observe(request(alias, timeOn(today, 12.5)));
      const nextHour = await store.observe(request(alias, timeOn(today, 13)));
      const muchLater = await store.observe(request(alias, timeOn(today, 20)));
      assert.deepEqual(
        [halfPast, nextHour, muchLater].map(({ hourMessages }) => hourMessages),
        [6, 2, 1],
      );
    },
  ],
  [
    'a quiet actor and many of them: messages, recipients and new actors of the sliding hour',
    async (store, alias) => {
      const seen = async (hours: number, actor: string, recipients: readonly string[]) =>
        (await store.observe(request(alias, timeOn(today, hours), { actor, recipients }))).traffic;
      for (let tenant = 0; tenant < 250; tenant++)
        await seen(11.5, `tenant ${tenant}`, [`first of ${tenant}`]);
      assert.deepEqual(await seen(11.75, 'tenant 7', ['second']), {
        actorHourMessages: 2,
        actorHourRecipients: 2,
        actorIsNew: true,
        newActorsThisHour: 250,
      });
      const nextHour = await seen(12.5, 'tenant 7', ['third']);
      assert.deepEqual(
        [nextHour.actorHourMessages, nextHour.newActorsThisHour],
        [2, 126],
        'half of 2 and this one; half of 249 others and this one',
      );
      const many = Array.from({ length: 400 }, (_, i) => `recipient ${i}`);
      assert.equal((await seen(12.5, 'tenant 8', many)).actorHourRecipients, 32);
      assert.equal((await seen(12.5, '', [])).newActorsThisHour, 126);
      const nextDay = await seen(35.5, 'tenant 7', []);
      assert.deepEqual([nextDay.actorIsNew, nextDay.newActorsThisHour], [false, 0]);
      assert.equal((await seen(80, 'tenant 7', [])).actorIsNew, true, 'silent for too long');
    },
  ],
  [
    'an actor that was learned is not new once it has matured, and is again when it is forgotten',
    async (store, alias) => {
      const isNew = async (day: number) =>
        (await store.observe(request(alias, timeOn(day), { actor: 'a tenant', count: false })))
          .traffic.actorIsNew;
      await store.commit(lesson(alias, today, { values: [touch('actor', 'a tenant')] }));
      assert.deepEqual(
        [await isNew(today + 1), await isNew(today + maturationDays)],
        [true, false],
      );
      await store.forget(alias, today);
      assert.equal(await isNew(today + maturationDays), true);
    },
  ],
  [
    'a flood of actors leaves those that wrote last',
    async (store, alias) => {
      const seen = async (actor: string, hours: number) =>
        (await store.observe(request(alias, timeOn(today, hours), { actor }))).traffic;
      await seen('early', 8);
      await seen('regular', 9);
      for (let i = 0; i < 501; i++) await seen(`flood ${i}`, 9);
      assert.equal((await seen('flood 500', 10)).actorHourMessages, 2);
      const early = await seen('early', 9.999);
      assert.equal(early.actorHourMessages, 1);
      assert.equal(early.newActorsThisHour, 503);
    },
  ],
  [
    'the daily series has the traffic of the last 60 matured days, whatever the verdict',
    async (store, alias) => {
      for (let day = today - 90; day < today; day++) {
        for (let i = 0; i < 1 + (day % 3); i++) await store.observe(request(alias, timeOn(day)));
      }
      await store.commit(lesson(alias, today - 9));
      const seen = await store.observe(request(alias, timeOn(today)));
      const expected = Array.from({ length: 60 }, (_, i) => {
        const day = today - maturationDays - 59 + i;
        return { day, messages: 1 + (day % 3) };
      });
      assert.deepEqual(seen.snapshot.daily, expected);
      assert.deepEqual(seen.dayMessages, { today: 1, yesterday: 1 + ((today - 1) % 3) });
      await store.forget(alias, today - 61);
      const after = await store.observe(request(alias, timeOn(today), { count: false }));
      assert.deepEqual(after.snapshot.daily, expected.slice(1));
      assert.equal(after.dayMessages.today, 2);
    },
  ],
  [
    'one poisoned day barely moves a rate',
    async (store, alias) => {
      for (let day = today - 20; day < today; day++) {
        const counters = { n: 100, 'x.link': 4, 'l.volume.1': day % 4 === 0 ? 1 : 0 };
        const shown = Object.entries(counters).filter(([, amount]) => amount > 0);
        await store.commit(lesson(alias, day, { counters: Object.fromEntries(shown) }));
      }
      const { counters: before } = (await store.observe(request(alias, timeOn(today + 3))))
        .snapshot;
      const poison = {
        n: 400,
        'x.link': 396,
        'l.volume.1': 300,
        'x.phone': 300,
        'w.body.call': 400,
      };
      await store.commit(lesson(alias, today, { counters: poison }));
      const { counters } = (await store.observe(request(alias, timeOn(today + 3)))).snapshot;
      assert.deepEqual(before, { n: 2000, 'x.link': 80, 'l.volume.1': 5 });
      assert.deepEqual(counters, {
        n: 2400,
        'x.link': 80 + 3 * 0.04 * 400,
        'l.volume.1': 6,
        'x.phone': 1,
        'w.body.call': 400,
      });
    },
  ],
  [
    'forgetting a day takes back its counters and the values that only it taught',
    async (store, alias) => {
      await store.commit(lesson(alias, today, { values: [touch('domain', 'kept.example')] }));
      await store.commit(
        lesson(alias, today + 1, {
          counters: { n: 9 },
          values: [touch('domain', 'kept.example'), touch('phone', '+1 555 0100')],
        }),
      );
      await store.observe(request(alias, timeOn(today + 9)));
      await store.forget(alias, today + 1);
      const { snapshot, values } = await store.describe(alias, timeOn(today + 9));
      assert.deepEqual(snapshot.counters, { n: 1 });
      assert.deepEqual(
        values.map(({ value, record }) => [value, record.days, record.lastDay]),
        [['kept.example', 1, today]],
      );
      assert.ok((await store.aliases()).includes(alias));
    },
  ],
  [
    'taking one lesson back leaves what the others taught, once',
    async (store, alias) => {
      const shared = touch('domain', 'kept.example');
      const honest = lesson(alias, today, { counters: { n: 1, only: 2 }, values: [shared] });
      const attack = lesson(alias, today, {
        counters: { n: 1, lure: 4 },
        values: [shared, touch('contact', '+1 555 0100')],
      });
      await store.commit(honest);
      const at = timeOn(today + maturationDays);
      const before = await store.describe(alias, at);
      await store.commit(attack);
      await store.observe(request(alias, at));
      await Promise.all([store.retract(attack), store.retract(attack)]);
      await store.retract(attack);
      const after = await store.describe(alias, at);
      assert.deepEqual(after.snapshot.counters, { n: 1, only: 2 });
      assert.deepEqual(after.values, before.values);
      await store.commit(attack);
      assert.deepEqual((await store.describe(alias, at)).snapshot.counters, { n: 1, only: 2 });
      await store.retract(honest);
      assert.deepEqual((await store.describe(alias, at)).values, []);
    },
  ],
  [
    'a day on which only one lesson without counters was learned goes with it',
    async (store, alias) => {
      const empty = lesson(alias, today, { counters: {} });
      await store.commit(empty);
      const at = timeOn(today + maturationDays);
      assert.equal((await store.observe(request(alias, at))).snapshot.days, 1);
      await store.retract(empty);
      assert.equal((await store.observe(request(alias, at))).snapshot.days, 0);
    },
  ],
  [
    'taking back what was never learned takes nothing from others',
    async (store, alias) => {
      await store.commit(lesson(alias, today, { values: [touch('domain', 'a.example')] }));
      await store.retract(
        lesson(alias, today, { counters: { other: 3 }, values: [touch('domain', 'b.example')] }),
      );
      await store.retract(lesson(alias, today + 1, { counters: { n: 1 } }));
      const { snapshot, values } = await store.describe(alias, timeOn(today + maturationDays));
      assert.deepEqual(snapshot.counters, { n: 1 });
      assert.deepEqual(
        values.map(({ value }) => value),
        ['a.example'],
      );
    },
  ],
  [
    'a recent lesson that was lost takes nothing from others when it is taken back, and comes too late then',
    async (store, alias) => {
      const recent = dayOf(new Date());
      const given = { counters: { n: 1, lure: 2 }, values: [touch('domain', 'kept.example')] };
      const [honest, lost] = [lesson(alias, recent, given), lesson(alias, recent, given)];
      await store.commit(honest);
      const at = timeOn(recent + maturationDays);
      await Promise.all([store.retract(lost), store.retract(lost)]);
      await store.commit(lost);
      const { snapshot, values } = await store.describe(alias, at);
      assert.deepEqual(snapshot.counters, { n: 1, lure: 2 });
      assert.deepEqual(
        values.map(({ record }) => record.count),
        [1],
      );
      await store.retract(honest);
      assert.deepEqual((await store.describe(alias, at)).values, []);
    },
  ],
  [
    'of an old lesson nobody knows whether it was lost: it is taken to have come',
    async (store, alias) => {
      const given = { counters: { n: 1, lure: 2 }, values: [touch('domain', 'kept.example')] };
      const old = dayOf(new Date()) - 30;
      for (let index = 0; index < 2; index++) await store.commit(lesson(alias, old, given));
      await store.retract(lesson(alias, old, given));
      const { snapshot, values } = await store.describe(alias, new Date());
      assert.deepEqual(snapshot.counters, { n: 1, lure: 2 });
      assert.deepEqual(
        values.map(({ record }) => record.count),
        [1],
      );
    },
  ],
  [
    'a lesson is taken back of an alias that has learned so much since that its id has left',
    async (store, alias) => {
      const recent = dayOf(new Date());
      const first = lesson(alias, recent, { counters: { n: 1, lure: 1 } });
      await store.commit(first);
      for (let batch = 0; batch < 24; batch++)
        await Promise.all(
          Array.from({ length: 50 }, () => store.commit(lesson(alias, recent, { counters: {} }))),
        );
      await store.retract(first);
      const { snapshot } = await store.describe(alias, timeOn(recent + maturationDays));
      assert.deepEqual(snapshot.counters, {});
    },
  ],
  [
    'a value erased is gone from every alias, others and other tables stay',
    async (store, alias) => {
      const value = `person-${alias}`;
      const values = [
        touch('recipient', value),
        touch('recipient', 'other'),
        touch('domain', value),
      ];
      const aliases = [alias, newAlias()];
      for (const each of aliases) await store.commit(lesson(each, today, { values }));
      assert.equal(await store.eraseValue('recipient', value), 2);
      assert.equal(await store.eraseValue('recipient', value), 0);
      for (const each of aliases) {
        const { records } = await store.observe(request(each, timeOn(today), { values }));
        assert.deepEqual(
          records.map((record) => record !== null),
          [false, true, true],
        );
        await store.commit(lesson(each, today, { values: values.slice(0, 1) }));
        assert.equal((await store.describe(each, timeOn(today))).values.length, 3);
      }
    },
  ],
  [
    'forgetting an alias leaves nothing of it',
    async (store, alias) => {
      const at = timeOn(today + maturationDays);
      const repeated = lesson(alias, today, {
        values: [touch('reach', '*'), touch('domain', 'a.example')],
      });
      const seen = request(alias, at, {
        values: [touch('domain', 'a.example')],
        signature: 'sig',
        recipients: ['a'],
        actor: 'a tenant',
      });
      await store.commit(repeated);
      const before = await store.observe(seen);
      await store.forget(alias, null);
      assert.ok(!(await store.aliases()).includes(alias));
      const after = await store.observe({ ...seen, recipients: ['b'] });
      assert.deepEqual(
        [
          after.records,
          after.reach,
          after.signatureRecipients,
          after.hourMessages,
          after.traffic.newActorsThisHour,
          after.snapshot.days,
        ],
        [[null], null, 1, 1, 1, 0],
      );
      assert.notEqual(after.snapshot.version, before.snapshot.version);
      await store.commit(repeated);
      assert.deepEqual((await store.describe(alias, at)).snapshot.counters, { n: 1 });
    },
  ],
  [
    'aliases are listed sorted, each once',
    async (store, alias) => {
      for (const name of [`${alias}-b`, `${alias}-a`, `${alias}-b`])
        await store.commit(lesson(name, today));
      assert.deepEqual(
        (await store.aliases()).filter((name) => name.startsWith(alias)),
        [`${alias}-a`, `${alias}-b`],
      );
    },
  ],
  [
    `more than ${mostLookups} values are refused before anything is counted`,
    async (store, alias) => {
      const values = Array.from({ length: mostLookups + 1 }, (_, i) =>
        touch('domain', `${i}.example`),
      );
      await assert.rejects(store.observe(request(alias, timeOn(today), { values })), RangeError);
      const { records, hourMessages } = await store.observe(
        request(alias, timeOn(today), { values: values.slice(1) }),
      );
      assert.deepEqual([records.length, hourMessages], [mostLookups, 1]);
    },
  ],
  [
    'what cannot be added up is refused',
    async (store, alias) => {
      for (const rest of [
        { day: 1.5 },
        { day: -1 },
        { counters: { n: Number.NaN } },
        { counters: { n: 0 } },
        { counters: { n: 0.5 } },
        { counters: { n: -1 } },
      ]) {
        await assert.rejects(store.commit(lesson(alias, today, rest)), RangeError);
      }
      await assert.rejects(store.observe(request(alias, new Date(Number.NaN))), RangeError);
      assert.ok(!(await store.aliases()).includes(alias));
    },
  ],
  [
    'unusual values are told apart and come back as they are',
    async (store, alias) => {
      const odd = [
        '',
        '*',
        'a',
        'A',
        ' a',
        'a\0b',
        'a\0c',
        '"',
        "'; DROP TABLE value; --",
        '\\',
        '{}',
        '%s %d',
        '😀',
        'é',
        'e\u0301',
        '\r\n',
        '__proto__',
        'constructor',
        '0',
        '-0',
      ];
      const values = odd.flatMap((value) => [touch('domain', value), touch('line', value)]);
      for (const value of values)
        await store.commit(
          lesson(alias, today, { values: [value], counters: { [`w.body.${value.value}`]: 1 } }),
        );
      const { records } = await store.observe(request(alias, timeOn(today), { values }));
      assert.deepEqual(
        records.map((record) => record?.count),
        values.map(() => 1),
      );
      const { snapshot, values: described } = await store.describe(
        alias,
        timeOn(today + maturationDays),
      );
      assert.deepEqual(
        described.map(({ table, value }) => `${table} ${value}`).sort(),
        values.map(({ table, value }) => `${table} ${value}`).sort(),
      );
      assert.deepEqual(
        snapshot.counters,
        Object.fromEntries(odd.map((value) => [`w.body.${value}`, 2])),
      );
    },
  ],
  [
    'very long values stay bounded and apart',
    async (store, alias) => {
      const long = [
        'x'.repeat(100_000),
        `${'x'.repeat(99_999)}y`,
        '😀'.repeat(30_000),
        `a${'😀'.repeat(30_000)}`,
      ];
      const values = long.map((value) => touch('domain', value));
      await store.commit(lesson(alias, today, { values }));
      const { records } = await store.observe(request(alias, timeOn(today), { values }));
      assert.deepEqual(
        records.map((record) => record?.count),
        [1, 1, 1, 1],
      );
      const described = await store.describe(alias, timeOn(today));
      for (const { value } of described.values)
        assert.ok(Buffer.byteLength(value) <= 64 && value.isWellFormed(), value);
    },
  ],
  [
    'amounts keep every digit',
    async (store, alias) => {
      const counters = { large: Number.MAX_SAFE_INTEGER - 1, n: 1, round: 1e15 };
      await store.commit(lesson(alias, today, { counters }));
      await store.commit(lesson(alias, today + 1, { counters: { large: 1 } }));
      const { snapshot } = await store.observe(request(alias, timeOn(today + 4)));
      assert.deepEqual(snapshot.counters, { ...counters, large: Number.MAX_SAFE_INTEGER });
    },
  ],
  [
    'a full table lets go of what was learned longest ago, and never of the reach',
    async (store, alias) => {
      const commitValue = (day: number, value: string) =>
        store.commit(lesson(alias, day, { values: [touch('reach', '*'), touch('domain', value)] }));
      for (let i = 0; i < 50; i++) await commitValue(today + i, `${i}.example`);
      await commitValue(today + 50, '49.example');
      const { values } = await store.describe(alias, timeOn(today));
      const domains = values.filter(({ table }) => table === 'domain');
      assert.ok(domains.length >= 20 && domains.length <= 22, `${domains.length} domains`);
      assert.ok(domains.every(({ record }) => record.lastDay >= today + 28));
      assert.ok(values.some(({ table }) => table === 'reach'));
    },
    { valuesPerTable: 20 },
  ],
  [
    'of values learned as lately and as often, the first by their bytes leave',
    async (store, alias) => {
      const ends = ['', '\0', ' ', 'A', 'Z', '_', 'a', 'aa', 'b', '\u00e9', '\uffff', '\u{1f600}'];
      const names = ['starts', 'starts a', 't'].flatMap((start) => ends.map((end) => start + end));
      const inBytes = names.map((name) => Buffer.from(name)).sort((a, b) => Buffer.compare(a, b));
      const [most, oneTooMany] = [30, 34];
      const given = inBytes.slice(-oneTooMany).map(String);
      for (const value of given.toReversed())
        await store.commit(lesson(alias, today, { values: [touch('domain', value)] }));
      const { values } = await store.describe(alias, timeOn(today));
      assert.deepEqual(values.map(({ value }) => value).sort(), given.slice(-most).sort());
    },
    { valuesPerTable: 30 },
  ],
  [
    'all tables together are bounded, at the cost of the largest',
    async (store, alias) => {
      const tables = ['domain', 'line', 'recipient', 'layout'];
      await store.commit(
        lesson(alias, today, { values: [touch('reach', '*'), touch('network', '192.0.2.0/24')] }),
      );
      for (let i = 0; i < 400; i++) {
        await store.commit(
          lesson(alias, today + i, {
            values: [touch('reach', '*'), ...tables.map((table) => touch(table, `${i}`))],
          }),
        );
      }
      const { values } = await store.describe(alias, timeOn(today));
      assert.ok(values.length >= 150 && values.length <= 180, `${values.length} values`);
      assert.equal(
        values.filter(({ table }) => table === 'reach' || table === 'network').length,
        2,
      );
    },
    { valuesPerTable: 100, recipients: 100, values: 160, windowDays: 30 },
  ],
  [
    'many buckets are cut back to the window',
    async (store, alias) => {
      const limits = { ...defaultStoreLimits, windowDays: 10 };
      const model = new StoreModel(limits);
      for (let day = today; day < today + 60; day++) {
        const commit = lesson(alias, day);
        model.commit(commit);
        await store.commit(commit);
      }
      for (const at of [timeOn(today + 60), timeOn(today + 40)]) {
        const { version, ...content } = (await store.observe(request(alias, at))).snapshot;
        assert.ok(version);
        assert.deepEqual(content, model.snapshot(at));
      }
    },
    { windowDays: 10 },
  ],
  [
    'it answers a ping',
    async (store) => {
      await store.ping();
    },
  ],
];

const sharedCases: readonly Case[] = [
  [
    'two clients add up, whatever the order',
    async (store, alias, { open }) => {
      await using other = await open(defaultStoreLimits);
      const commits = Array.from({ length: 60 }, (_, i) =>
        lesson(alias, today - (i % 3), {
          values: [touch('domain', 'a.example', `member ${i}`), touch('reach', '*')],
        }),
      );
      await Promise.all(commits.map((commit, i) => (i % 2 === 0 ? store : other).commit(commit)));
      const model = new StoreModel(defaultStoreLimits);
      for (const commit of commits) model.commit(commit);
      for (const client of [store, other]) {
        const { snapshot, values } = await client.describe(alias, timeOn(today + maturationDays));
        assert.deepEqual(snapshot.counters, { n: 60 });
        assert.deepEqual(
          values.find(({ table }) => table === 'domain'),
          model.values().find(({ table }) => table === 'domain'),
        );
      }
    },
  ],
  [
    'a client notices what another one changed',
    async (store, alias, { open }) => {
      await using other = await open(defaultStoreLimits);
      const at = timeOn(today);
      await store.commit(lesson(alias, today - 5));
      const before = await Promise.all(
        [store, other].map((client) => client.observe(request(alias, at))),
      );
      assert.equal(before[0]!.snapshot.version, before[1]!.snapshot.version);
      await other.forget(alias, null);
      await other.commit(lesson(alias, today - 4, { counters: { n: 7 } }));
      const after = await Promise.all(
        [store, other].map((client) => client.observe(request(alias, at))),
      );
      assert.deepEqual(
        after.map(({ snapshot }) => snapshot.counters),
        [{ n: 7 }, { n: 7 }],
      );
    },
  ],
];

/** What every baseline store must do. */
export function storeContract(under: StoreUnderTest): void {
  describe(`${under.name}: the contract of a baseline store`, { skip: under.skip }, () => {
    for (const [name, check, limits] of under.isShared ? [...cases, ...sharedCases] : cases) {
      test(name, async () => {
        await using store = await under.open({ ...defaultStoreLimits, ...limits });
        await check(store, newAlias(), under);
      });
    }
  });
}
