import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assumeAuthenticated } from '../src/archive/archived-transaction.ts';
import type { Decision } from '../src/decision/decision.ts';
import { decideUnwatched } from '../src/decision/decide.ts';
import { readHeader } from '../src/message/header.ts';
import { createOrganizationFeed } from '../src/organization-feed.ts';
import type { Sightings } from '../src/organization/ledgers.ts';
import type { WatchedSightings } from '../src/organization/sightings.ts';
import { lists, mailBytes, transactionOf } from './support/messages.ts';

type Fed = {
  readonly decision?: Partial<Decision>;
  readonly seen?: WatchedSightings;
  readonly isDelivered?: boolean;
  readonly sample?: number;
  readonly body?: string;
};

/** What one message of firm.example, with a link to shop.example, adds. */
async function fed({ decision, seen, isDelivered = true, sample = 1, body }: Fed) {
  const data = mailBytes({
    from: 'ann@firm.example',
    body: body ?? 'Our offer: https://shop.example/',
  });
  const header = readHeader(data);
  const counted: Sightings[] = [];
  const feed = createOrganizationFeed({ count: (given) => counted.push(given) }, { sample });
  await feed({
    transaction: transactionOf(data),
    analysis: {
      header,
      authentication: assumeAuthenticated(header),
      decision: { ...decideUnwatched(), ...decision },
      seen: seen ?? null,
    },
    lists,
    isDelivered,
  });
  return {
    correspondents: counted.flatMap(({ correspondents }) => correspondents),
    domains: counted.flatMap(({ domains }) => domains),
    carried: counted.flatMap(({ carried }) => carried?.values ?? []),
  };
}

const watched: WatchedSightings = {
  linkDomains: ['vendor.example'],
  carried: { alias: 'vendor', values: ['contact +18025383069'] },
};
const nothing = { correspondents: [], domains: [], carried: [] };

describe("mail of nobody's alias", () => {
  test('delivered: who wrote, and the links of a sampled one', async () => {
    const correspondents = ['firm.example'];
    assert.deepEqual(await fed({}), { ...nothing, correspondents, domains: ['shop.example'] });
    assert.deepEqual(await fed({ sample: 0 }), { ...nothing, correspondents });
  });

  test('refused by the next hop, or a claim of an alias: nothing', async () => {
    assert.deepEqual(await fed({ isDelivered: false }), nothing);
    assert.deepEqual(await fed({ decision: { verdict: 'impersonation' } }), nothing);
    assert.deepEqual(await fed({ decision: { verdict: 'unverified' } }), nothing);
    assert.deepEqual(await fed({ decision: { verdict: 'unavailable' } }), nothing);
  });

  test('of a long message the beginning is read', async () => {
    const body = `https://first.example/ ${'x '.repeat(200_000)} https://last.example/`;
    assert.deepEqual((await fed({ body })).domains, ['first.example']);
  });

  test('about one in ten is sampled, the same ones on every node', async () => {
    const sampled = await sampledOf(300, { sample: 10, perSecond: 1 });
    assert.ok(sampled > 10 && sampled < 60, `${sampled} of 300`);
  });

  test('of the mail of one second no more than twenty are read', async () => {
    assert.equal(await sampledOf(100, { sample: 1, perSecond: 50 }), 40);
    assert.equal(await sampledOf(100, { sample: 1, perSecond: 10 }), 100);
  });
});

/** How many of so many messages were read for their links. */
async function sampledOf(
  count: number,
  { sample, perSecond }: { readonly sample: number; readonly perSecond: number },
): Promise<number> {
  const data = mailBytes({ from: 'ann@firm.example', body: 'https://shop.example/' });
  const header = readHeader(data);
  let sampled = 0;
  const feed = createOrganizationFeed(
    { count: ({ domains }) => void (sampled += domains.length) },
    { sample },
  );
  for (let index = 0; index < count; index++) {
    await feed({
      transaction: {
        ...transactionOf(data),
        id: `transaction ${index * 7919}`,
        receivedAt: new Date(1_790_000_000_000 + Math.floor(index / perSecond) * 1000),
      },
      analysis: {
        header,
        authentication: assumeAuthenticated(header),
        decision: decideUnwatched(),
        seen: null,
      },
      lists,
      isDelivered: true,
    });
  }
  return sampled;
}

describe('mail of a watched alias', () => {
  test('clean: who wrote, its links, and what it carried', async () => {
    assert.deepEqual(
      await fed({ seen: watched, decision: { verdict: 'clean', learnFeatures: true } }),
      {
        correspondents: ['firm.example'],
        domains: ['vendor.example'],
        carried: watched.carried.values,
      },
    );
  });

  test('flagged: only what it carried, also when nobody got it', async () => {
    const decision = { verdict: 'anomalous', learnFeatures: false } as const;
    const carried = watched.carried.values;
    assert.deepEqual(await fed({ seen: watched, decision }), { ...nothing, carried });
    assert.deepEqual(await fed({ seen: watched, decision, isDelivered: false }), {
      ...nothing,
      carried,
    });
  });
});
