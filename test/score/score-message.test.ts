import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counterNames } from '../../src/baseline/history.ts';
import { dayOf, type Counters } from '../../src/baseline/ledger.ts';
import type { Observation } from '../../src/baseline/store.ts';
import { touchRecord, sketchOf, type ValueRecord } from '../../src/baseline/value-record.ts';
import type { Pack } from '../../src/alias/alias.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { decideScored } from '../../src/decision/decide.ts';
import type { Features } from '../../src/features/features.ts';
import { groupOf } from '../../src/features/signals.ts';
import { lookupsOf } from '../../src/score/known-values.ts';
import { readSignals } from '../../src/score/readings.ts';
import { scoreMessage } from '../../src/score/score-message.ts';
import { featuresOf, receivedAt, type MailText } from '../support/messages.ts';

const loaded = await loadRules('rules');
assert.ok(loaded.ok, 'the shipped rules load');
const { causes, policy } = loaded.rules;
const today = dayOf(receivedAt);
const archive = { connection: { clientAddress: '' } };

const nobodyWrites = {
  actorHourMessages: 0,
  actorHourRecipients: 0,
  actorIsNew: false,
  newActorsThisHour: 0,
};

const members = Array.from({ length: 40 }, (_, index) => `member ${index}`);
/** Learned on every one of the last 60 days from many recipients. */
function wellKnown(days = 60): ValueRecord {
  const masks = {
    table: '',
    value: '',
    domains: sketchOf(members),
    recipients: sketchOf(members),
    actors: sketchOf(members),
  };
  let record: ValueRecord | null = null;
  for (let day = today - days - 2; day <= today - 2; day++)
    record = touchRecord(record, masks, day);
  return record!;
}

/** An alias with `messages` matured messages in which every value of `usual` is well known and nothing else is. */
function historyOf(
  messages: number,
  usual: Features,
  asked: Features,
  extra: Counters = {},
): Observation {
  // Nobody's mail came forwarded.
  const known = new Set(
    lookupsOf(usual)
      .filter(({ value }) => !value.startsWith('fwd '))
      .map(({ table, value }) => `${table} ${value}`),
  );
  const trials = Object.fromEntries(
    ['content', 'path', 'new-link'].map((group) => [
      counterNames.trials(group as ReturnType<typeof groupOf>),
      messages,
    ]),
  );
  return {
    records: lookupsOf(asked).map(({ table, value }) =>
      known.has(`${table} ${value}`) ? wellKnown() : null,
    ),
    reach: wellKnown(),
    signatureRecipients: 1,
    hourMessages: 1,
    traffic: nobodyWrites,
    dayMessages: { today: 1, yesterday: 1 },
    snapshot: {
      version: '0',
      days: 60,
      firstDay: today - 60,
      counters: { [counterNames.messages]: messages, ...trials, ...extra },
      daily: [],
    },
  };
}

async function scoreOf(
  mail: MailText,
  { messages = 5000, pack = null as Pack | null, extra = {}, path = true } = {},
) {
  const given = path ? {} : archive;
  const usual = await featuresOf(
    { html: '<p>Your code is 1.</p><a href="https://cdn.example.net/x">a</a>' },
    given,
  );
  const features = await featuresOf(
    { html: '<p>Your code is 2.</p><a href="https://cdn.example.net/x">a</a>', ...mail },
    given,
  );
  const observation = historyOf(messages, usual, features, extra);
  return {
    ...scoreMessage({ features, observation, organization: null, pack, causes, today }),
    features,
    observation,
  };
}

test('honest mail scores far below any threshold', async () => {
  const { score } = await scoreOf({});
  assert.ok(score.bits < 0, String(score.bits));
});

const attacks: readonly {
  readonly name: string;
  readonly mail: MailText;
  readonly atLeast: number;
  readonly cause: string;
}[] = [
  {
    name: 'the tenant-name attack',
    mail: {
      subject: 'Bitcoin USD 498.95. Call support desk at 802 538 3069 to CanceI. account code',
    },
    atLeast: 20,
    cause: 'callback-in-subject',
  },
  {
    name: 'a lure in the display name',
    mail: { from: '"Call support desk 802 538 3069" <no-reply@vendor.example>' },
    atLeast: 20,
    cause: 'callback-in-name',
  },
  {
    name: 'a phone number in the body',
    mail: { html: '<p>USD 499.00 charged. Call 802 538 3069.</p>' },
    atLeast: 9,
    cause: 'callback-in-body',
  },
  {
    name: 'a foreign Reply-To',
    mail: { fields: ['Reply-To: a@evil.com'] },
    atLeast: 8,
    cause: 'reply-to-lure',
  },
];
for (const { name, mail, atLeast, cause } of attacks) {
  test(`${name} stands out after 5,000 messages`, async () => {
    const { score } = await scoreOf(mail);
    assert.ok(score.bits >= atLeast, `${score.bits.toFixed(1)} bits`);
    assert.equal(score.cause.id, cause);
  });
}

test('a new link on an alias that has new links every other day is no news', async () => {
  const link = { html: '<p>Your code is 2.</p><a href="https://news.example.org/x">a</a>' };
  const closed = await scoreOf(link);
  // One new domain in two is nobody's well-known name: not more than an ordinary newsletter brings.
  const open = await scoreOf(link, {
    extra: {
      [counterNames.innovations('link')]: 2500,
      [counterNames.trials('new-link')]: 2500,
      [counterNames.innovations('link-tld')]: 700,
      [counterNames.level('link-standing', 1)]: 1200,
    },
  });
  assert.ok(
    open.score.bits < closed.score.bits - 4,
    `${open.score.bits} against ${closed.score.bits}`,
  );
  assert.ok(open.score.bits < 0);
});

test('evidence grows with experience', async () => {
  const phone = { html: '<p>Call 802 538 3069.</p>' };
  const bits = await Promise.all(
    [20, 200, 2000, 20_000].map(
      async (messages) => (await scoreOf(phone, { messages })).score.bits,
    ),
  );
  assert.deepEqual(
    bits,
    bits.toSorted((left, right) => left - right),
  );
});

test('an alias without history: everything is new, and newness alone says nothing', async () => {
  const features = await featuresOf({ html: '<p>Hi</p><a href="https://cdn.example.net/">a</a>' });
  const observation: Observation = {
    records: lookupsOf(features).map(() => null),
    reach: null,
    signatureRecipients: 1,
    hourMessages: 1,
    traffic: nobodyWrites,
    dayMessages: { today: 1, yesterday: 1 },
    snapshot: { version: '0', days: 0, firstDay: null, counters: {}, daily: [] },
  };
  const { score } = scoreMessage({
    features,
    observation,
    organization: null,
    pack: null,
    causes,
    today,
  });
  assert.ok(score.bits < 4, String(score.bits));
});

test("a pack makes the vendor's own number ordinary and a closed slot loud from the first day", async () => {
  const mail = { body: 'Call 402 935 2050.' };
  const pack: Pack = {
    linkDomains: [],
    phones: ['+14029352050'],
    replyToDomains: [],
    bounceDomains: [],
    open: [],
    closed: ['phone'],
    slots: [],
    functions: [],
    templates: [],
    boilerplate: [],
    verifyAt: '',
  };
  const features = await featuresOf(mail, archive);
  const observation: Observation = {
    records: lookupsOf(features).map(() => null),
    reach: null,
    signatureRecipients: 1,
    hourMessages: 1,
    traffic: nobodyWrites,
    dayMessages: { today: 1, yesterday: 1 },
    snapshot: { version: '0', days: 0, firstDay: null, counters: {}, daily: [] },
  };
  const phone = (given: Pack) =>
    readSignals({
      features,
      observation,
      organization: null,
      pack: given,
      causes,
      today,
    }).signals.find(({ signal }) => signal === 'phone')!;
  assert.equal(phone(pack).level, 0);
  assert.equal(phone({ ...pack, phones: [] }).level, 1);
  assert.ok(phone({ ...pack, phones: [] }).rate < 0.01);
});

test('without a sending path none of its signals is asked', async () => {
  const { readings } = await scoreOf({}, { path: false });
  assert.ok(readings.signals.every(({ signal }) => groupOf(signal) !== 'path'));
});

test('a learned archive does not make the first live mail suspicious', async () => {
  const usual = await featuresOf({}, archive);
  const live = await featuresOf({});
  const { score } = scoreMessage({
    features: live,
    organization: null,
    observation: {
      ...historyOf(5000, usual, live),
      records: lookupsOf(live).map(({ table }) =>
        ['network', 'mail-from', 'selector', 'header-order', 'recipient'].includes(table) ||
        table === 'reach'
          ? null
          : wellKnown(),
      ),
    },
    pack: null,
    causes,
    today,
  });
  assert.ok(score.bits < 5, String(score.bits));
});

test('the terms add up to the score, and the printed ones to the printed score', async () => {
  for (const { mail } of attacks) {
    const { score } = await scoreOf(mail);
    const sum = score.terms.reduce((total, { bits }) => total + bits, 0);
    assert.ok(Math.abs(sum - score.bits) < 1e-9);
    const { reason } = decideScored({
      score,
      alias: {
        id: 'a',
        vendor: 'V',
        addresses: [],
        dkimDomains: [],
        spfIsEnough: false,
        actor: 'slots',
        pack: null,
      },
      policy,
      purpose: null,
    });
    const [total = '', ...terms] = [...reason.matchAll(/(?:^|[+-])\d+\.\d(?= bits|;|$)/g)].map(
      ([number]) => number,
    );
    const printed = terms.reduce((tenths, number) => tenths + Math.round(Number(number) * 10), 0);
    assert.equal(printed, Math.round(Number(total) * 10), reason);
  }
});

test('the same input gives the same score', async () => {
  const [first, second] = await Promise.all([scoreOf(attacks[0]!.mail), scoreOf(attacks[0]!.mail)]);
  assert.deepEqual(first.score, second.score);
});

const replay = (signatureRecipients: number) => async () => {
  const usual = await featuresOf({});
  const forwarded = await featuresOf(
    {},
    {
      connection: { clientAddress: '203.0.113.9' },
      envelope: { mailFrom: 'x@forwarder.example', rcptTo: ['eve@site.example'] },
      receivedAt: new Date(receivedAt.getTime() + 3 * 86_400_000),
    },
  );
  return scoreMessage({
    features: forwarded,
    organization: null,
    observation: { ...historyOf(2000, usual, forwarded), signatureRecipients },
    pack: null,
    causes,
    today,
  }).score;
};

test('an auto-forward stays below the tag, a replay to many does not', async () => {
  const forward = await replay(1)();
  const many = await replay(12)();
  assert.ok(forward.bits < policy.tag.floorBits, `forward ${forward.bits}`);
  assert.ok(many.bits >= policy.tag.floorBits, `replay ${many.bits}`);
  assert.equal(many.cause.id, 'dkim-replay');
});

test('copies of one message that somebody sends on are no flood, what comes on top of them is', async () => {
  const usual = await featuresOf({});
  const bins = { [counterNames.bin('volume', 0)]: 500 };
  const levelOf = (hourMessages: number, signatureRecipients: number) => {
    const known = historyOf(500, usual, usual, bins);
    const observation = { ...known, hourMessages, signatureRecipients };
    const input = { features: usual, observation, organization: null, pack: null, causes, today };
    return readSignals(input).signals.find(({ signal }) => signal === 'volume')?.level ?? NaN;
  };
  assert.equal(levelOf(17, 17), 0);
  assert.ok(levelOf(17, 1) >= 1);
  assert.ok(levelOf(100, 100) >= 1);
});

const english =
  '<p>This is the summary that you asked us for. Since our last message to you the following has changed.</p>';
const german =
  '<p>Hier ist die Übersicht, die Sie bei uns bestellt haben. Seit unserer letzten Nachricht hat sich nicht viel geändert.</p>';

async function languageOf(html: string, usualHtml = english) {
  const usual = await featuresOf({ html: usualHtml }, archive);
  const features = await featuresOf({ html }, archive);
  const observation = historyOf(5000, usual, features);
  const input = { features, observation, organization: null, pack: null, causes, today };
  return readSignals(input).signals.find(({ signal }) => signal === 'language')?.level;
}

test('another language is one whose mail has nothing of the usual language left', async () => {
  assert.equal(await languageOf(german), 1);
  assert.equal(await languageOf(english), 0);
  assert.equal(await languageOf(`${english}${english}${german}`), 0);
});

test('mail of names and numbers has no language that could go', async () => {
  const usual = await featuresOf({ html: '<p>482913</p>' }, archive);
  const features = await featuresOf({ html: german }, archive);
  const often = { ...wellKnown(), count: 5000 };
  const known = historyOf(5000, usual, features);
  const levelWith = (...usually: readonly string[]) => {
    const records = lookupsOf(features).map(({ table, value }, index) =>
      usually.includes(`${table} ${value}`) ? often : (known.records[index] ?? null),
    );
    const observation = { ...known, records };
    const input = { features, observation, organization: null, pack: null, causes, today };
    return readSignals(input).signals.find(({ signal }) => signal === 'language')?.level;
  };
  assert.equal(levelWith('language none'), 0);
  assert.equal(levelWith('language none', 'reach own-text'), 1, 'but sentences that can');
});

test('an amount beside a new number says more than the words around it', async () => {
  const bitsOf = async (text: string) => (await scoreOf({ html: `<p>${text}</p>` })).score.bits;
  const without = await bitsOf('Your order was processed. Call 802 538 3069.');
  const withAmount = await bitsOf('Your order of $499.00 was processed. Call 802 538 3069.');
  assert.ok(withAmount >= without + 1.5, `${withAmount} ${without}`);
});

/** Bits of foreign text in the body, where the alias knows none of its common words. */
async function foreignTextOf(body: string): Promise<number> {
  const usual = await featuresOf({ body: 'lorem ipsum' }, archive);
  const features = await featuresOf({ body }, archive);
  const observation = historyOf(5000, usual, features);
  const input = { features, observation, organization: null, pack: null, causes, today };
  return readSignals(input).measured.get('body-lure')?.value ?? NaN;
}

test('foreign words that stand together are a stranger’s paragraph, spread ones a long letter', async () => {
  const words = ['the', 'your', 'is', 'to', 'and', 'of', 'for', 'at'];
  const filler = ' lorem ipsum dolor sit amet'.repeat(20);
  assert.equal(await foreignTextOf(words.join(' ')), 16);
  assert.equal(await foreignTextOf(words.join(`${filler} `)), 2);
});

test('a layout that some recipients only get is ordinary once it is a share of all mail', async () => {
  const usual = await featuresOf({ html: '<p>Your code is 1.</p>' }, archive);
  const features = await featuresOf({ html: '<table><tr><td>1</td></tr></table>' }, archive);
  const levelWith = (days: number, count: number) => {
    const one = sketchOf(['one recipient']);
    const touch = { table: 'layout', value: '', domains: one, recipients: one, actors: one };
    let record: ValueRecord | null = null;
    for (let day = today - 2 - days; day < today - 2; day++)
      record = touchRecord(record, touch, day);
    const known = historyOf(200, usual, features);
    const records = lookupsOf(features).map(({ table }, index) =>
      table === 'layout' ? record && { ...record, count } : (known.records[index] ?? null),
    );
    const observation = { ...known, records };
    const input = { features, observation, organization: null, pack: null, causes, today };
    return readSignals(input).signals.find(({ signal }) => signal === 'layout')?.level;
  };
  assert.equal(levelWith(8, 12), 0);
  assert.equal(levelWith(8, 6), 1, 'too little of the mail');
  assert.equal(levelWith(3, 100), 1, 'a flood lacks days');
});

test('a redesign explains what is foreign for four weeks, not for ever', async () => {
  const usual = await featuresOf({ html: '<p>Your code is 1.</p>' }, archive);
  const features = await featuresOf({ html: '<table><tr><td>1</td></tr></table>' }, archive);
  const redesignSince = (days: number) => {
    const one = sketchOf(['one recipient']);
    const touch = { table: 'layout', value: '', domains: one, recipients: one, actors: one };
    const first = touchRecord(null, touch, today - days);
    const known = historyOf(200, usual, features);
    const records = lookupsOf(features).map(({ table }, index) =>
      table === 'layout' ? { ...first, count: 20 * days } : (known.records[index] ?? null),
    );
    const daily = Array.from({ length: 90 }, (_, index) => ({
      day: today - 90 + index,
      messages: 20,
    }));
    const observation = {
      ...known,
      records,
      dayMessages: { today: 1, yesterday: 20 },
      snapshot: { ...known.snapshot, daily: daily.slice(0, -1) },
    };
    const input = { features, observation, organization: null, pack: null, causes, today };
    return readSignals(input).rates.redesign;
  };
  assert.ok(redesignSince(10) > 64);
  assert.ok(redesignSince(28) > 64);
  assert.equal(redesignSince(29), 1);
});
