import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { campaignOf, type Campaign } from '../../src/decision/campaign.ts';
import { joinCampaign, type Joined, type KnownCampaign } from '../../src/decision/campaigns.ts';
import type { Sighting } from '../../src/features/features.ts';
import type { SignalId } from '../../src/features/signals.ts';
import { score, term } from './samples.ts';

type Flagged = {
  readonly alias?: string;
  readonly values?: readonly (readonly [SignalId, string])[];
  readonly bits?: number;
  readonly text?: readonly string[];
  readonly signature?: string;
  readonly signals?: readonly SignalId[];
  readonly isNewAlias?: boolean;
  /** Lure words of subject and sentence. */
  readonly lure?: readonly string[];
  readonly sentence?: string;
};

const hits = (words: readonly string[]) =>
  words.map((word, position) => ({ position, word, weightBits: 3 }));

function campaign({
  alias = 'a',
  values = [],
  bits = 8,
  text = [],
  signature,
  signals = [],
  isNewAlias = false,
  lure = [],
  sentence = '',
}: Flagged): Campaign {
  const fresh = values.map(([signal, value]): Sighting => ({
    signal,
    table: signal === 'phone' ? 'contact' : 'domain',
    value,
    shown: value,
  }));
  const carrying = [...new Set([...values.map(([signal]) => signal), ...signals])];
  return campaignOf({
    alias,
    score: score({ terms: carrying.map((signal) => term(signal, bits)) }),
    features: {
      signatureHash: signature ?? null,
      subject: { tokens: 9, hits: hits(lure) },
      sentences:
        sentence === '' ? [] : [{ value: sentence, tokens: 9, hits: hits(lure), shown: '' }],
    },
    readings: { fresh, newText: text, startingUp: { content: isNewAlias, path: false } },
  });
}

describe('what a campaign is known by', () => {
  test('the telephone number, whatever else differs', () => {
    const one = campaign({
      values: [
        ['phone', '+1'],
        ['link', 'x.example'],
      ],
      text: ['a', 'b', 'c', 'd'],
    });
    const other = campaign({
      values: [
        ['link', 'y.example'],
        ['phone', '+1'],
      ],
      text: ['e'],
    });
    assert.equal(one.by, 'phone');
    assert.equal(one.id, other.id);
    assert.match(one.id, /^[0-9a-f]{12}$/);
    assert.notEqual(campaign({ values: [['phone', '+2']] }).id, one.id);
  });

  test('a Reply-To before a link', () => {
    const { by } = campaign({
      values: [
        ['link', 'x.example'],
        ['reply-to', 'y.example'],
      ],
    });
    assert.equal(by, 'reply-to');
  });

  test('a link that says nothing is nobody’s', () => {
    const text = ['a', 'b', 'c', 'd'];
    assert.equal(campaign({ values: [['link', 'x.example']], bits: 0.5, text }).by, 'text');
    assert.equal(campaign({ values: [['phone', '+1']], bits: 0.5, text }).by, 'phone');
  });

  test('the wording of a lure, where every copy has a number of its own, through any vendor', () => {
    const lure = ['bitcoin', 'call', 'cancel', 'refund'];
    const copy = (alias: string, phone: string) =>
      campaign({ alias, values: [['phone', phone]], lure, isNewAlias: true });
    const [one, other] = [copy('a', '+1'), copy('b', '+2')];
    assert.ok(one.keys.some((key) => other.keys.includes(key)));
    const usual = campaign({ values: [['phone', '+1']], lure: ['call', 'cancel'] });
    assert.equal(usual.keys.length, 1, 'two words are in many an honest subject');
  });

  test('a sentence that lures, unless the alias wrote it before', () => {
    const lure = ['call', 'cancel', 'refund'];
    const said = campaign({ lure, sentence: 's', text: ['s'] });
    assert.deepEqual([said.by, said.keys.length], ['text', 1]);
    assert.deepEqual(campaign({ lure, sentence: 's', text: [] }).keys, []);
    assert.deepEqual(campaign({ lure: ['call'], sentence: 's', text: ['s'] }).keys, []);
  });

  test('a replayed signature', () => {
    const replay = { signals: ['signature-reuse'] as const, signature: 's' };
    assert.equal(campaign(replay).by, 'signature-reuse');
    assert.equal(campaign({ ...replay, text: ['a'] }).id, campaign(replay).id);
    assert.notEqual(campaign({ ...replay, signature: 't' }).id, campaign(replay).id);
  });

  test('with nothing to share, the signals; and these connect no two aliases', () => {
    const pattern = campaign({ signals: ['network', 'layout'] });
    assert.deepEqual([pattern.by, pattern.keys], ['pattern', []]);
    assert.equal(campaign({ signals: ['layout', 'network'] }).id, pattern.id);
    assert.notEqual(campaign({ alias: 'b', signals: ['layout', 'network'] }).id, pattern.id);
  });

  test('where all is new to an alias, text is left out beside a value', () => {
    const text = ['a', 'b', 'c', 'd'];
    const values = [['phone', '+1']] as const;
    assert.equal(campaign({ values, text }).keys.length, 2);
    assert.equal(campaign({ values, text, isNewAlias: true }).keys.length, 1);
  });
});

const hour = 3_600_000;
const start = 1_000_000_000_000;

/** What became of each flagged message, in order; times in hours. */
function seeAll(messages: readonly (Flagged & { readonly at?: number })[]): readonly Joined[] {
  let known: readonly KnownCampaign[] = [];
  return messages.map((message) => {
    const sighting = {
      campaign: campaign(message),
      alias: message.alias ?? 'a',
      atMs: start + (message.at ?? 0) * hour,
    };
    const joined = joinCampaign(known, sighting);
    known = joined.known;
    return joined;
  });
}
const idsOf = (joined: readonly Joined[]) => new Set(joined.map(({ joined: { id } }) => id)).size;

describe('one alert per campaign', () => {
  test('copies are counted to the first, and told of once an hour', () => {
    const phone = { values: [['phone', '+1']] as const };
    const seen = seeAll([0, 0.1, 0.2, 1.1, 1.2].map((at) => ({ ...phone, at })));
    assert.equal(idsOf(seen), 1);
    assert.deepEqual(
      seen.map(({ isFirst, newMessages }) => [isFirst, newMessages]),
      [
        [true, 1],
        [false, null],
        [false, null],
        [false, 3],
        [false, null],
      ],
    );
    assert.equal(seen.at(-1)?.joined.messages, 5);
  });

  test('another name in the text makes no other campaign', () => {
    const words = ['w1', 'w2', 'w3', 'w4', 'w5', 'w6'];
    assert.equal(idsOf(seeAll([{ text: [...words, 'ann'] }, { text: [...words, 'bob'] }])), 1);
    assert.equal(idsOf(seeAll([{ text: words }, { text: ['v1', 'v2', 'v3', 'v4', 'w1'] }])), 2);
  });

  test('a random number put before the real one does not split it', () => {
    const decoyed = (decoy: string) => ({
      values: [
        ['phone', decoy],
        ['phone', '+1'],
      ] as const,
    });
    assert.equal(idsOf(seeAll([decoyed('+90'), decoyed('+91'), decoyed('+92')])), 1);
  });

  test('the same text with another number is the same', () => {
    const text = ['a', 'b', 'c', 'd', 'e'];
    assert.equal(
      idsOf(
        seeAll([
          { values: [['phone', '+1']], text },
          { values: [['phone', '+2']], text },
        ]),
      ),
      1,
    );
  });

  test('one value on several aliases within the hour is one campaign, later it is not', () => {
    const on = (alias: string, at: number) => ({ alias, at, values: [['phone', '+1']] as const });
    const [, second, third] = seeAll([on('a', 0), on('b', 0.5), on('c', 1.4)]);
    assert.deepEqual(third?.joined.aliases, ['a', 'b', 'c']);
    assert.equal(second?.isFirst, false);
    assert.equal(idsOf(seeAll([on('a', 0), on('b', 1.5)])), 2);
  });

  test('after 14 days of silence it is a new one', () => {
    const phone = (at: number) => ({ at, values: [['phone', '+1']] as const });
    const [, within, after] = seeAll([phone(0), phone(24 * 13), phone(24 * 28)]);
    assert.deepEqual([within?.isFirst, after?.isFirst], [false, true]);
  });

  test('at most a thousand are remembered', () => {
    const many = Array.from({ length: 1100 }, (_, n) => ({
      values: [['phone', `+${n}`]] as const,
    }));
    assert.equal(seeAll(many).at(-1)?.known.length, 1000);
  });
});
