import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reappraiser } from '../../src/backtest/reappraise.ts';
import { createPseudonym } from '../../src/features/hash.ts';
import { hideRules } from '../../src/vectors/hide-rules.ts';
import { keptFrom } from '../../src/vectors/kept-from.ts';
import type { KeptMessage } from '../../src/vectors/kept-message.ts';
import { packMessage, storedText, unpackMessage } from '../../src/vectors/message-form.ts';
import { signalIds } from '../../src/features/signals.ts';
import { appraisedMail, shippedRules, type AppraisedMail } from '../support/appraised-mail.ts';

const pseudonym = createPseudonym(Buffer.alloc(32, 7));
const shipped = await shippedRules();
const quarantine = { ...shipped.policy.quarantine, minMessages: 30, minDays: 5 };
const rules = { ...shipped, policy: { ...shipped.policy, quarantine } };
const acquaintance = { days: 3, senders: 2, written: false };
const mail = await appraisedMail({
  count: 280,
  rules,
  pseudonym,
  organization: {
    days: 40,
    domains: new Map([['paypal.com', acquaintance]]),
    correspondents: new Map([['help140@gmail.com', acquaintance]]),
    elsewhere: new Map([['reply-to help141@gmail.com', 2]]),
  },
});

function kept({ transaction, judgement }: AppraisedMail): KeptMessage {
  const analysis = { ...judgement, alias: '' } as unknown as Parameters<
    typeof keptFrom
  >[0]['analysis'];
  const found = keptFrom({ transaction, analysis, rules, pseudonym, readWith: 'x' });
  assert.ok(found);
  return found;
}

const stored = (message: KeptMessage): KeptMessage =>
  unpackMessage(packMessage(message), {
    snapshot: message.appraised.observation.snapshot,
    fits: message.circumstances.fits,
  });

test('a kept message is made the same of, bit for bit, as the message it was', () => {
  const reappraise = reappraiser(hideRules(rules, pseudonym));
  const verdicts = new Set<string>();
  for (const one of mail) {
    const message = stored(kept(one));
    const { bits, pValue } = one.judgement.score;
    const { verdict, action, effectiveAction } = one.judgement.decision;
    assert.deepEqual(reappraise(message), {
      ...message.outcome,
      bits,
      pValue,
      verdict,
      action,
      effectiveAction,
    });
    verdicts.add(verdict);
  }
  // The mail is of all kinds, or this would prove little.
  assert.deepEqual([...verdicts].sort(), ['anomalous', 'clean', 'learning', 'suspicious']);
});

test('values that differ by case alone stay two, each with its own record', async () => {
  const withLinks = await appraisedMail({
    count: 60,
    rules,
    pseudonym,
    links: ['https://v.example/t/Ab3xQ9', 'https://v.example/Zk91bQ/Ab3xQ9'],
  });
  const reappraise = reappraiser(hideRules(rules, pseudonym));
  const shapes = ({ features }: KeptMessage['appraised']) =>
    new Set(
      features.sightings.flatMap(({ table, value }) => (table === 'path-shape' ? value : [])),
    );
  for (const one of withLinks) {
    const message = stored(kept(one));
    assert.equal(shapes(message.appraised).size, 3);
    assert.deepEqual(reappraise(message), message.outcome);
  }
});

test('a message of which hiding would merge values is not kept', () => {
  const analysis = { ...mail[0]!.judgement, alias: '' } as unknown as Parameters<
    typeof keptFrom
  >[0]['analysis'];
  const { transaction } = mail[0]!;
  const oneForAll = () => 'AAAAAAAAAAA';
  assert.equal(
    keptFrom({ transaction, analysis, rules, pseudonym: oneForAll, readWith: 'x' }),
    null,
  );
});

test('what is stored of a message holds none of its words, domains and numbers', () => {
  // Ours, whatever the mail says: names of keys, signals, tables, classes, causes and aliases.
  const ours = [
    ...signalIds,
    'subject from reply-to',
    ...rules.causes.attack.map(({ id }) => id),
    ...rules.catalogue.aliases.map(({ id }) => id),
    storedText(packMessage(stored(kept(mail[0]!)))).replace(/"[^"]*"(?!:)/g, ''),
  ].join(' ');
  let searched = 0;
  for (const one of mail) {
    const text = storedText(packMessage(kept(one)));
    const counters = JSON.stringify(kept(one).appraised.observation.snapshot.counters);
    const body = one.data.toString().replace(/^(?:Date|To|Content-Type|Message-ID):.*$/gm, '');
    const clear = `${body} ${one.transaction.envelope.rcptTo.join(' ')}`;
    const words = clear.match(/[A-Za-z]{5,}|[\w-]+(?:\.[\w-]+)+|\d{3,}/g) ?? [];
    for (const word of new Set(words)) {
      if (ours.includes(word.toLowerCase())) continue;
      const found = /^\d+$/.test(word)
        ? new RegExp(`(?<!\\d)${word}(?!\\d)`).test(text.replace(/\[[\d,]*\]/g, ''))
        : [text, counters].some((kept) => kept.toLowerCase().includes(word.toLowerCase()));
      assert.ok(!found, `${word} stands in ${text}`);
      searched++;
    }
  }
  assert.ok(searched > 2500, `${searched} words were looked for`);
});
