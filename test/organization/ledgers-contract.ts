import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { maturationDays } from '../../src/baseline/ledger.ts';
import { createPseudonym } from '../../src/features/hash.ts';
import type { KeepOptions } from '../../src/organization/keep-ledgers.ts';
import {
  defaultLedgerLimits,
  type LedgerLimits,
  type OrganizationLedgers,
  type Sightings,
} from '../../src/organization/ledgers.ts';
import type { OrganizationRequest } from '../../src/organization/organization.ts';

export type LedgersUnderTest = {
  readonly name: string;
  readonly skip: string | false;
  /** Ledgers that are empty, but for what an earlier client of the same name left there. */
  readonly open: (name: string, options: KeepOptions) => Promise<OrganizationLedgers>;
  /** Whether two clients of one name see the same. */
  readonly isShared: boolean;
};

export const today = 20_700;

export function timeOn(day: number): Date {
  return new Date((day * 24 + 12) * 3_600_000);
}

export function keepOptions(limits: Partial<LedgerLimits> = {}): KeepOptions {
  return {
    limits: { ...defaultLedgerLimits, ...limits },
    pseudonym: createPseudonym(Buffer.alloc(32, 7)),
    events: {
      onLookup: () => undefined,
      onLost: (_, error) => {
        throw error;
      },
    },
  };
}

export function sightings(day: number, rest: Partial<Sightings> = {}): Sightings {
  const nothing = { sender: 'sender.example', domains: [], correspondents: [], written: [] };
  return { day, ...nothing, carried: null, ...rest };
}

export function request(day: number, rest: Partial<OrganizationRequest> = {}): OrganizationRequest {
  return { at: timeOn(day), alias: 'a', domains: [], correspondents: [], fresh: [], ...rest };
}

async function counted(ledgers: OrganizationLedgers, ...all: readonly Sightings[]) {
  for (const one of all) ledgers.count(one);
  await ledgers.flush();
}

type Case = readonly [
  name: string,
  check: (ledgers: OrganizationLedgers, again: () => Promise<OrganizationLedgers>) => Promise<void>,
  limits?: Partial<LedgerLimits>,
];

const cases: readonly Case[] = [
  [
    'what nobody has seen is in no answer',
    async (ledgers) => {
      const asked = {
        domains: ['a.example'],
        correspondents: ['b.example'],
        fresh: ['contact +1'],
      };
      assert.deepEqual(await ledgers.look(request(today, asked)), {
        days: 0,
        domains: new Map(),
        correspondents: new Map(),
        elsewhere: new Map(),
      });
    },
  ],
  [
    'a domain is known by its matured days and senders, and by none before',
    async (ledgers) => {
      const domains = ['shop.example'];
      const shows = (day: number, sender: string) =>
        counted(ledgers, sightings(day, { sender, domains }));
      const known = async (day: number) =>
        (await ledgers.look(request(day, { domains }))).domains.get('shop.example');
      await shows(today, 'one.example');
      assert.deepEqual(await known(today), { days: 0, senders: 0, written: false });
      assert.deepEqual(await known(today + 1), { days: 0, senders: 0, written: false });
      assert.deepEqual(await known(today + maturationDays), {
        days: 1,
        senders: 1,
        written: false,
      });
      await shows(today + 1, 'two.example');
      await shows(today + 2, 'six.example');
      assert.deepEqual(await known(today + 5), { days: 3, senders: 3, written: false });
    },
  ],
  [
    'mail of one day is one day, however often it is counted and in whatever order',
    async (ledgers) => {
      const seen = { correspondents: ['firm.example'] };
      await counted(ledgers, ...Array.from({ length: 50 }, () => sightings(today + 1, seen)));
      await counted(ledgers, sightings(today, seen), sightings(today + 1, seen));
      const view = await ledgers.look(request(today + 4, seen));
      assert.equal(view.correspondents.get('firm.example')?.days, 2);
      assert.equal(view.days, 2);
      const [remembered] = await ledgers.describe('firm.example');
      assert.equal(remembered?.messages, 52);
    },
  ],
  [
    'whom we wrote to is known at once, and stays known when they write',
    async (ledgers) => {
      await counted(ledgers, sightings(today, { sender: '', written: ['firm.example'] }));
      await counted(ledgers, sightings(today + 1, { correspondents: ['firm.example'] }));
      const asked = { correspondents: ['firm.example'] };
      const at = async (day: number) =>
        (await ledgers.look(request(day, asked))).correspondents.get('firm.example');
      assert.equal((await at(today + 1))?.written, true);
      assert.deepEqual([(await at(today + 4))?.days, (await at(today + 4))?.written], [2, true]);
    },
  ],
  [
    'a domain and a correspondent of one name are two things',
    async (ledgers) => {
      await counted(ledgers, sightings(today, { domains: ['firm.example'] }));
      const both = { domains: ['firm.example'], correspondents: ['firm.example'] };
      const view = await ledgers.look(request(today + 2, both));
      assert.deepEqual([view.domains.size, view.correspondents.size], [1, 0]);
    },
  ],
  [
    'a value counts for the other aliases that carried it within seven days',
    async (ledgers) => {
      const values = ['contact +18025383069', 'domain lure.example'];
      const carriedBy = (alias: string, day: number) =>
        sightings(day, { carried: { alias, values } });
      await counted(ledgers, carriedBy('a', today), carriedBy('b', today), carriedBy('b', today));
      await counted(ledgers, carriedBy('c', today + 3));
      const elsewhere = async (alias: string, day: number) => {
        const view = await ledgers.look(request(day, { alias, fresh: [...values, 'domain x'] }));
        return [...view.elsewhere];
      };
      const all = (aliases: number) => values.map((value) => [value, aliases]);
      assert.deepEqual(await elsewhere('a', today), all(1));
      assert.deepEqual(await elsewhere('new', today + 3), all(3));
      assert.deepEqual(await elsewhere('a', today + 8), all(1), 'a and b are too long ago');
      assert.deepEqual(await elsewhere('a', today + 10), []);
    },
  ],
  [
    'what is not seen within the window is forgotten',
    async (ledgers) => {
      const seen = { domains: ['old.example'] };
      await counted(ledgers, sightings(today, seen));
      const known = async (day: number) =>
        (await ledgers.look(request(day, seen))).domains.has('old.example');
      assert.deepEqual([await known(today + 29), await known(today + 30)], [true, false]);
      await counted(ledgers, sightings(today + 31, { domains: manyDomains(1000, 'new') }));
      assert.deepEqual(await ledgers.describe('old.example'), []);
      assert.equal((await ledgers.sizes()).domain, 1000);
    },
    { windowDays: 30 },
  ],
  [
    'a full ledger lets go of what was seen longest ago, and stays within its bound',
    async (ledgers) => {
      for (let day = 0; day < 10; day++)
        await counted(ledgers, sightings(today + day, { domains: manyDomains(512, `on${day}`) }));
      const { domain } = await ledgers.sizes();
      assert.ok(domain > 2300 && domain <= 2816, `${domain} domains`);
      const latest = manyDomains(200, 'on9');
      assert.equal((await ledgers.look(request(today + 9, { domains: latest }))).domains.size, 200);
      const oldest = manyDomains(200, 'on0');
      // Not none: Redis cuts back each of its many hashes by itself.
      const left = (await ledgers.look(request(today + 9, { domains: oldest }))).domains.size;
      assert.ok(left <= 20, `${left} of the oldest`);
    },
    { values: 2560 },
  ],
  [
    'forgetting a value takes it out of every ledger',
    async (ledgers) => {
      const carried = { alias: 'b', values: ['domain lure.example', 'contact +18025383069'] };
      const both = { domains: ['lure.example'], correspondents: ['lure.example'], carried };
      await counted(ledgers, sightings(today, both));
      assert.equal((await ledgers.describe('lure.example')).length, 3);
      assert.equal(await ledgers.forget({ value: 'Lure.example' }), 3);
      assert.equal(await ledgers.forget({ value: 'lure.example' }), 0);
      assert.deepEqual(await ledgers.describe('lure.example'), []);
      const fresh = carried.values;
      assert.deepEqual(
        [...(await ledgers.look(request(today, { fresh }))).elsewhere.keys()],
        ['contact +18025383069'],
      );
    },
  ],
  [
    'forgetting a day takes back what only it showed',
    async (ledgers) => {
      const carried = { alias: 'b', values: ['domain bad.example'] };
      await counted(
        ledgers,
        sightings(today, { domains: ['good.example'], correspondents: ['firm.example'] }),
        sightings(today + 1, { domains: ['good.example', 'bad.example'], carried }),
      );
      assert.equal(await ledgers.forget({ day: today + 1 }), 4);
      const domains = ['good.example', 'bad.example'];
      const view = await ledgers.look(request(today + 3, { domains, fresh: carried.values }));
      assert.deepEqual(
        [view.days, view.domains.get('good.example')?.days, view.domains.has('bad.example')],
        [1, 1, false],
      );
      assert.equal(view.elsewhere.size, 0);
    },
  ],
  [
    'a person is erased, the organization stays',
    async (ledgers) => {
      const correspondents = ['ann@freemail.example', 'firm.example'];
      const carried = { alias: 'b', values: ['reply-to ann@freemail.example'] };
      await counted(ledgers, sightings(today, { correspondents, carried }));
      assert.equal(await ledgers.erase('Ann@Freemail.example'), 2);
      assert.equal(await ledgers.erase('firm.example'), 0);
      const view = await ledgers.look(request(today + 2, { correspondents }));
      assert.deepEqual([...view.correspondents.keys()], ['firm.example']);
    },
  ],
  [
    'people see one value by ledger, with days and aliases',
    async (ledgers) => {
      const carried = { alias: 'b', values: ['domain shop.example'] };
      await counted(ledgers, sightings(today, { domains: ['shop.example'], carried }));
      const day = timeOn(today).toISOString().slice(0, 10);
      const common = { firstDay: day, lastDay: day, days: 1, written: false };
      assert.deepEqual(await ledgers.describe('shop.example'), [
        { ledger: 'domain', ...common, senders: 1, messages: 1, carriers: [] },
        { ledger: 'carried', ...common, senders: 0, messages: 0, carriers: [{ alias: 'b', day }] },
      ]);
    },
  ],
  [
    'unusual values are told apart',
    async (ledgers) => {
      const odd = ['', '*', "'; DROP TABLE record; --", '%s', '😀.example', '__proto__', 'a\0b'];
      const long = ['x'.repeat(5000), `${'x'.repeat(4999)}y`];
      const domains = [...odd, ...long];
      await counted(ledgers, sightings(today, { domains }));
      const view = await ledgers.look(request(today + 2, { domains: [...domains, 'a\0c'] }));
      assert.deepEqual([...view.domains.keys()], domains);
    },
  ],
  ['it answers a ping', (ledgers) => ledgers.ping()],
];

const sharedCases: readonly Case[] = [
  [
    'two nodes add up, whatever the order',
    async (ledgers, again) => {
      await using other = await again();
      const senders = Array.from({ length: 40 }, (_, index) => `sender${index}.example`);
      const domains = ['hot.example'];
      for (const [index, sender] of senders.entries()) {
        (index % 2 === 0 ? ledgers : other).count(
          sightings(today + (index % 5), { sender, domains }),
        );
        if (index % 8 === 0) await Promise.all([ledgers.flush(), other.flush()]);
      }
      await Promise.all([ledgers.flush(), other.flush()]);
      for (const node of [ledgers, other]) {
        const [remembered] = await node.describe('hot.example');
        assert.deepEqual([remembered?.messages, remembered?.days], [40, 5]);
        assert.ok((remembered?.senders ?? 0) > 20, `${remembered?.senders} senders`);
      }
    },
  ],
  [
    'what was counted outlives the client, also what was not yet stored',
    async (_, again) => {
      {
        await using first = await again();
        first.count(sightings(today, { domains: ['kept.example'] }));
      }
      await using second = await again();
      assert.equal((await second.describe('kept.example')).length, 1);
    },
  ],
];

function manyDomains(count: number, name: string): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index}.example`);
}

/** What every implementation of the organization's ledgers must do. */
export function ledgersContract(under: LedgersUnderTest): void {
  describe(
    `${under.name}: the contract of the organization's ledgers`,
    { skip: under.skip },
    () => {
      for (const [name, check, limits] of under.isShared ? [...cases, ...sharedCases] : cases) {
        test(name, async () => {
          const place = randomUUID();
          const open = () => under.open(place, keepOptions(limits));
          await using ledgers = await open();
          await check(ledgers, open);
        });
      }
    },
  );
}
