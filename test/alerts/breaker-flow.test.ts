import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleSet } from '../../src/config/rule-set.ts';
import { allHeld } from '../../src/quarantine/all-held.ts';
import { oneOfEachVendor, openDesk, type Desk } from './desk.ts';

const vendors = 30;

const numbers = ['phone', 'subject-class'] as const;

/** A bad edit of the packs: telephone numbers count as never seen, those that vendors print themselves as well. */
function closePhones(rules: RuleSet): RuleSet {
  const aliases = rules.aliases.map((alias) => {
    if (alias.pack === null) return alias;
    const open = alias.pack.open.filter((signal) => !numbers.some((number) => number === signal));
    const closed = [...new Set([...alias.pack.closed, ...numbers])];
    return { ...alias, pack: { ...alias.pack, phones: [], open, closed } };
  });
  return { ...rules, aliases };
}

/** An honest message that prints the vendor's own number. */
const withNumber = (index: number) => ({
  subject: `Your order (help: +1 802-538-3${100 + index})`,
});

async function honestHour({ rules, send }: Desk) {
  const aliases = oneOfEachVendor(rules).slice(0, vendors);
  for (const alias of aliases) await send({ alias, body: 'Thank you for your order.' });
  return aliases;
}

test('a fault that flags unrelated vendors opens the breaker: their mail is tagged, and nothing is learned', async () => {
  await using desk = await openDesk({ change: closePhones });
  const aliases = await honestHour(desk);
  const faulty = [];
  for (const [index, alias] of aliases.slice(0, 12).entries()) {
    const learnedBefore = desk.lessons.length;
    const sent = await desk.send({ alias, ...withNumber(index), minutes: 5 + index });
    faulty.push({ ...sent, learned: desk.lessons.length - learnedBefore });
  }
  const opened = faulty.findIndex(({ verdict }) => verdict.includes('breaker=open'));
  assert.ok(opened >= 3 && opened <= 4, `after ${opened} messages`);
  assert.match(faulty[0]?.verdict ?? '', /^anomalous; action=quarantine;/);
  for (const { code, verdict, learned } of faulty.slice(opened)) {
    assert.match(verdict, /^anomalous; action=tag;.* breaker=open;/);
    assert.deepEqual([code, learned], [250, 0]);
  }
  assert.equal(
    (await Array.fromAsync(allHeld(desk.quarantine))).length,
    opened,
    'only what came before is held',
  );
  assert.equal(await desk.metric('aliaswatch_breaker_open{cause="signal"}'), 1);
  assert.equal(await desk.metric('aliaswatch_breaker_opened_total{cause="signal"}'), 1);
  const line = desk.logLines().find(({ msg }) => String(msg).startsWith('breaker opened'));
  assert.match(
    String(line?.['reason']),
    /^4 of 30 aliases were flagged within an hour .* for "[a-z-]+" with no value in common$/,
  );

  const [alias] = aliases;
  assert.ok(alias);
  const clean = await desk.send({ alias, body: 'Thank you.', minutes: 18 });
  assert.match(clean.verdict, /^learning; action=pass;.* breaker=open;/);
  assert.equal(
    (await desk.send({ alias, body: 'Thanks.', minutes: 90 })).verdict.includes('breaker'),
    false,
  );
  assert.equal(await desk.metric('aliaswatch_breaker_open{cause="signal"}'), 0);
});

test('an operator may close it', async () => {
  await using desk = await openDesk({ change: closePhones });
  const aliases = await honestHour(desk);
  for (const [index, alias] of aliases.slice(0, 6).entries())
    await desk.send({ alias, ...withNumber(index) });
  assert.equal(await desk.metric('aliaswatch_breaker_open{cause="signal"}'), 1);
  desk.alerts.closeBreaker();
  assert.equal(await desk.metric('aliaswatch_breaker_open{cause="signal"}'), 0);
});

const lure = (phone: string) =>
  `Bitcoin order of USD 499.00: call the support desk at ${phone} to cancel`;
const campaigns = [
  { name: 'one telephone number', phone: () => '802 538 3069' },
  {
    name: 'one wording, a number for each vendor',
    phone: (index: number) => `802 538 3${100 + index}`,
  },
];
for (const { name, phone } of campaigns) {
  test(`a campaign through many vendors is held everywhere: ${name}`, async () => {
    await using desk = await openDesk();
    const aliases = await honestHour(desk);
    for (const [index, alias] of aliases.slice(0, 12).entries()) {
      const { verdict } = await desk.send({ alias, subject: lure(phone(index)), minutes: index });
      assert.match(verdict, /^anomalous; action=quarantine;/, `message ${index + 1}`);
    }
    const held = await Array.fromAsync(allHeld(desk.quarantine));
    assert.equal(new Set(held.map(({ campaign }) => campaign)).size, 1, 'one alert');
    assert.match(held[0]?.campaign ?? '', /^[0-9a-f]{12}$/);
    assert.equal(await desk.metric('aliaswatch_breaker_open{cause="signal"}'), 0);
    const told = desk.logLines().filter(({ msg }) => msg === 'new campaign');
    assert.equal(told.length, 1);
  });
}
