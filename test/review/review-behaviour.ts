import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { digest } from '../../src/decision/campaign.ts';
import { completeAttacks } from '../../src/review/confirm-attack.ts';
import { eraseRecipient } from '../../src/review/erase-recipient.ts';
import type { Effect } from '../../src/review/review.ts';
import { messageOf } from '../../src/review/watched-message.ts';
import {
  alias,
  lessonFor,
  now,
  openDesk,
  operator,
  otherAlias,
  pseudonym,
  today,
  why,
  type Desk,
} from './desk.ts';

const campaign = '0c1d2e3f4a5b';
const firstPage = { limit: 100 };
const outcomes = (effects: readonly Effect[]) => effects.map(({ outcome }) => outcome);
const to = (...rcptTo: readonly string[]) => ({
  envelope: {
    mailFrom: 'bounce@vendor.test',
    rcptTo,
    mailParameters: '',
    rcptParameters: rcptTo.map(() => ''),
  },
});
const nothing = { counters: {}, values: [] };

type Case = readonly [name: string, check: (desk: Desk) => Promise<void>];

const cases: readonly Case[] = [
  [
    'release: refused today, delivered tomorrow, to each recipient once, and then it is learned',
    async ({ review, hold, nextHop, learned, audited, organization }) => {
      const id = await hold(to('ann@example.test', 'bob@example.test'));
      nextHop.script = (line) => (line.startsWith('RCPT TO:<bob@') ? '451 4.2.0 later' : undefined);
      const first = await review.release({ message: id }, operator, why);
      assert.deepEqual(outcomes(first.effects), ['partly']);
      assert.match(first.effects[0]?.detail ?? '', /1 of 2 .*bob@example\.test: 451 4\.2\.0 later/);
      assert.deepEqual(await learned(), nothing);
      nextHop.script = () => undefined;
      const second = await review.release({ message: id }, operator, why);
      assert.deepEqual(outcomes(second.effects), ['done']);
      assert.equal(nextHop.messages.length, 2);
      assert.notDeepEqual(await learned(), nothing);
      const third = await review.release({ message: id }, operator, why);
      assert.deepEqual(outcomes(third.effects), ['already']);
      assert.equal(nextHop.messages.length, 2);
      assert.deepEqual(
        audited.map(({ act, subject, facts }) => [act, subject, facts['delivered']]),
        [
          ['released', id, 1],
          ['released', id, 1],
        ],
      );
      assert.equal(JSON.stringify(audited.map(({ facts }) => facts)).includes('@'), false);
      await organization.flush();
    },
  ],
  [
    'release: only to recipients of the envelope',
    async ({ review, hold, nextHop }) => {
      const id = await hold(to('ann@example.test', 'bob@example.test'));
      const recipients = ['ann@example.test', 'eve@example.test'];
      const act = await review.release({ message: id }, operator, { ...why, recipients });
      assert.deepEqual(outcomes(act.effects), ['partly']);
      assert.match(act.effects[0]?.detail ?? '', /eve@example\.test is not a recipient of it/);
      assert.equal(nextHop.messages.length, 1);
      const { messages } = await review.list({}, firstPage);
      assert.deepEqual(
        messages.map((held) => held.id),
        [id],
        'bob still waits',
      );
    },
  ],
  [
    'delete by somebody else in the middle of a release waits for it, and nobody gets the mail twice',
    async ({ review, elsewhere, hold, nextHop, quarantine }) => {
      const id = await hold(to('ann@example.test', 'bob@example.test'));
      const deleting: ReturnType<typeof elsewhere.delete>[] = [];
      nextHop.script = (line) => {
        if (line.startsWith('RCPT TO:<bob@'))
          deleting.push(elsewhere.delete({ message: id }, operator, why));
        return undefined;
      };
      const released = await review.release({ message: id }, operator, why);
      assert.deepEqual(outcomes(released.effects), ['done']);
      const [deleted] = await Promise.all(deleting);
      assert.deepEqual(outcomes(deleted?.effects ?? []), ['refused']);
      assert.equal((await quarantine.find(id))?.state, 'released');
      assert.equal((await quarantine.find(id))?.deliveries.length, 2);
      await review.release({ message: id }, operator, why);
      assert.equal(nextHop.messages.length, 2);
    },
  ],
  [
    'release to some says that the others still wait',
    async ({ review, hold }) => {
      const id = await hold(to('ann@example.test', 'bob@example.test'));
      const recipients = ['ann@example.test'];
      const act = await review.release({ message: id }, operator, { ...why, recipients });
      assert.match(act.effects[0]?.detail ?? '', /1 of 1 .* have it; others .* still wait/);
      const rest = await review.release({ message: id }, operator, why);
      assert.doesNotMatch(rest.effects[0]?.detail ?? '', /still wait/);
    },
  ],
  [
    'release of one message by several at the same time sends it once',
    async ({ review, elsewhere, hold, nextHop, learned }) => {
      const id = await hold(to('ann@example.test'));
      const acts = await Promise.all(
        [review, elsewhere, review, elsewhere].map((who) =>
          who.release({ message: id }, operator, why),
        ),
      );
      assert.equal(nextHop.messages.length, 1);
      const seen = acts.flatMap(({ effects }) => outcomes(effects)).sort();
      assert.deepEqual(seen, ['already', 'already', 'already', 'done']);
      assert.deepEqual(await learned(), {
        counters: { n: 1 },
        values: ((await learned()) as { values: unknown[] }).values,
      });
    },
  ],
  [
    'release of a campaign in one go, and of some recipients of it',
    async ({ review, hold, nextHop }) => {
      const ids = [];
      for (let i = 0; i < 7; i++)
        ids.push(await hold(to('ann@example.test', `r${i}@example.test`)));
      const other = await hold({ ...to('ann@example.test'), campaign: 'ffffffffffff' });
      const recipients = ['r3@example.test'];
      const some = await review.release({ campaign }, operator, { ...why, recipients });
      assert.deepEqual(outcomes(some.effects).filter((outcome) => outcome === 'done').length, 1);
      assert.equal(nextHop.messages.length, 1);
      const act = await review.release({ campaign }, operator, why);
      assert.deepEqual(new Set(outcomes(act.effects)), new Set(['done']));
      assert.deepEqual(act.effects.map(({ message }) => message).sort(), ids.sort());
      assert.equal(nextHop.messages.length, 14);
      const { messages } = await review.list({}, firstPage);
      assert.deepEqual(
        messages.map(({ id }) => id),
        [other],
      );
    },
  ],
  [
    'delete goes to the bin, undo takes it out again, and what was released is not deleted',
    async ({ review, hold, quarantine, audited }) => {
      const [one, two] = [await hold(to('ann@example.test')), await hold(to('ann@example.test'))];
      await review.release({ message: two }, operator, why);
      const target = { messages: [one, two, '00000000000000000000', '../../etc/passwd'] };
      const act = await review.delete(target, operator, why);
      assert.deepEqual(outcomes(act.effects), ['done', 'refused', 'missing', 'missing']);
      assert.deepEqual((await quarantine.find(one))?.state, 'deleted');
      const again = await review.delete(target, operator, why);
      assert.deepEqual(outcomes(again.effects), ['already', 'refused', 'missing', 'missing']);
      assert.deepEqual(outcomes((await review.release({ message: one }, operator, why)).effects), [
        'refused',
      ]);
      const undone = await review.undo(act.id, operator, why);
      assert.deepEqual(outcomes(undone.effects), ['done']);
      assert.deepEqual((await quarantine.find(one))?.state, 'held');
      assert.deepEqual(outcomes((await review.undo(act.id, operator, why)).effects), ['already']);
      assert.deepEqual(
        audited.map(({ act: what }) => what),
        ['released', 'deleted', 'undone'],
      );
    },
  ],
  [
    'undo of a release forgets what it taught; mail that is delivered stays delivered',
    async ({ review, hold, learned, nextHop }) => {
      const id = await hold(to('ann@example.test'));
      const act = await review.release({ message: id }, operator, why);
      const undone = await review.undo(act.id, operator, why);
      assert.deepEqual(outcomes(undone.effects), ['partly']);
      assert.match(undone.effects[0]?.detail ?? '', /cannot be called back; what it taught is for/);
      assert.deepEqual(await learned(), nothing);
      await review.release({ message: id }, operator, why);
      assert.equal(nextHop.messages.length, 1);
      assert.notDeepEqual(await learned(), nothing, 'a word that is given again counts again');
      await assert.rejects(review.undo(undone.id, operator, why), /an undo is not taken back/);
      await assert.rejects(review.undo('nothing', operator, why), /no act nothing/);
    },
  ],
  [
    'an attack that was confirmed before its campaign was stored is completed with what its messages share',
    async ({ review, hold, pass, store, standing, organization }) => {
      const values = ['contact +18025550177'];
      const key = digest('contact', '+18025550177');
      const held = await hold({ ...to('ann@example.test'), campaign });
      await review.confirmAttack({ message: held }, operator, why);
      assert.equal(standing.attacks().size, 0, 'nothing is known of it but its held mail');
      await pass({ campaign, keys: [key], telling: [key], values, isHeld: true, taught: null });
      const stored = await store.newest('message', { tag: null, limit: 10 });
      for (let times = 0; times < 2; times++)
        await completeAttacks({ store, organization, now: () => now }, stored.map(messageOf));
      await standing.refresh();
      assert.equal(standing.attacks().get(key)?.[0]?.campaign, campaign);
      await organization.flush();
      const request = { at: now, alias: otherAlias, domains: [], correspondents: [] };
      const { elsewhere } = await organization.look({ ...request, fresh: values });
      assert.equal(elsewhere.size, 1, 'its number counts on every alias');
    },
  ],
  [
    'a confirmed attack: nothing of it is learned, not before, not now, not later; until it is undone',
    async (desk) => {
      const { review, hold, pass, learned, standing, organization, nextHop } = desk;
      const key = digest('contact', '+18025550100');
      const shares = { keys: [key], telling: [key] };
      const values = ['contact +18025550100'];
      const honest = await pass({ taught: lessonFor('honest', alias) });
      const before = await learned();
      const early = await pass(shares);
      const tagged = await pass({
        ...shares,
        campaign,
        values,
        action: 'tag',
        verdict: 'suspicious',
        taught: null,
        lesson: lessonFor('tagged', alias),
      });
      await review.approveMessage(tagged, operator, why);
      const held = await hold(to('ann@example.test'));
      const poisoned = await learned();
      const act = await review.confirmAttack({ message: held }, operator, why);
      assert.equal(act.effects[0]?.message, campaign);
      assert.deepEqual(
        act.effects
          .slice(1)
          .map(({ message }) => message)
          .sort(),
        [early, tagged].sort(),
      );
      assert.deepEqual(await learned(), before, 'what its members taught is forgotten');
      assert.equal(standing.attacks().get(key)?.[0]?.campaign, campaign);
      await organization.flush();
      const elsewhere = async () => {
        const request = { at: now, alias: otherAlias, domains: [], correspondents: [] };
        return (await organization.look({ ...request, fresh: values })).elsewhere.size;
      };
      assert.equal(await elsewhere(), 1, 'its number counts on every alias');
      assert.match(
        (await review.approveMessage(tagged, operator, why)).effects[0]?.detail ?? '',
        /confirmed attack/,
      );
      const released = await review.release({ message: held }, operator, why);
      assert.match(released.effects[0]?.detail ?? '', /not learned, since its campaign/);
      assert.equal(nextHop.messages.length, 1);
      assert.deepEqual(await learned(), before);
      const again = await review.confirmAttack({ campaign }, operator, why);
      assert.deepEqual(outcomes(again.effects), ['already']);
      await review.undo(act.id, operator, why);
      assert.deepEqual(await learned(), poisoned);
      assert.deepEqual([await elsewhere(), standing.attacks().size], [0, 0]);
      assert.ok(honest);
    },
  ],
  [
    'a message that nobody flagged may be confirmed as well',
    async ({ review, pass, learned, standing }) => {
      const id = await pass({ keys: ['aa', 'anybody'], telling: ['aa'] });
      await review.confirmAttack({ message: id }, operator, why);
      assert.deepEqual(await learned(), nothing);
      assert.deepEqual([...standing.attacks().keys()], ['aa']);
      const missing = await review.confirmAttack({ message: 'x' }, operator, why);
      assert.deepEqual(outcomes(missing.effects), ['missing']);
    },
  ],
  [
    'a value is approved for one alias and for a time, and its approval taken back',
    async ({ review, standing, store }) => {
      const value = { alias, table: 'domain', value: 'https://Login.Partner.Example/x', days: 10 };
      const first = await review.approveValue(value, operator, why);
      const known = (of: string, days = 0) => [
        ...standing.approvedFor(of, new Date(now.getTime() + days * 86_400_000)),
      ];
      assert.deepEqual(known(alias), ['domain partner.example']);
      assert.deepEqual([known(otherAlias), known(alias, 11)], [[], []]);
      const phone = { alias, table: 'phone', value: '+1 (802) 555-0100' };
      await assert.rejects(
        review.approveValue({ ...phone, value: '12' }, operator, why),
        /not a tel/,
      );
      const second = await review.approveValue({ ...value, days: 50 }, operator, why);
      assert.deepEqual(known(alias, 11), ['domain partner.example']);
      await review.undo(second.id, operator, why);
      assert.deepEqual([known(alias), known(alias, 11)], [['domain partner.example'], []]);
      await review.undo(first.id, operator, why);
      assert.deepEqual([known(alias), await review.approvals(null)], [[], []]);
      assert.equal(await store.revision(), await store.revision());
    },
  ],
  [
    'what would exempt an alias, or half the world, is no value',
    async ({ review }) => {
      for (const [table, value] of [
        ['domain', 'com'],
        ['domain', '.zip'],
        ['domain', 'co.uk'],
        ['domain', '*'],
        ['alias', alias],
        ['reach', '*'],
        ['reply-to', 'com'],
        ['network', '*'],
        ['phone', 'every'],
        ['domain', ''],
      ] as const)
        await assert.rejects(review.approveValue({ alias, table, value }, operator, why), Error);
      const value = { table: 'domain', value: 'a.example' };
      await assert.rejects(
        review.approveValue({ ...value, alias: 'nobody' }, operator, why),
        /no alias is called/,
      );
      for (const days of [0, 0.5, -1, 1e6])
        await assert.rejects(review.approveValue({ ...value, alias, days }, operator, why), /days/);
      assert.deepEqual(await review.acts(firstPage), []);
    },
  ],
  [
    'tagged mail that was approved is learned once, and forgotten when that is taken back',
    async ({ review, elsewhere, pass, learned }) => {
      const lesson = lessonFor('approved', alias, today - 1);
      const id = await pass({ campaign, action: 'tag', taught: null, lesson });
      const acts = await Promise.all(
        [review, elsewhere, review].map((who) => who.approveMessage(id, operator, why)),
      );
      const done = acts.filter(({ effects }) => effects[0]?.outcome === 'done');
      assert.equal(done.length, 1);
      assert.deepEqual(((await learned()) as { counters: unknown }).counters, { n: 1 });
      await review.undo(done[0]!.id, operator, why);
      assert.deepEqual(await learned(), nothing);
      const clean = await pass({ taught: null });
      assert.deepEqual(outcomes((await review.approveMessage(clean, operator, why)).effects), [
        'refused',
      ]);
      assert.deepEqual(outcomes((await review.approveMessage('x', operator, why)).effects), [
        'missing',
      ]);
    },
  ],
  [
    'a campaign shows every member, also the copies that passed before the first flag',
    async ({ review, hold, pass }) => {
      const at = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();
      const shares = { keys: ['aa', 'bb'], telling: ['aa'] };
      const early = await pass({ ...shares, at: at(9), reply: '250 2.0.0 queued as Q7' });
      await pass({ ...shares, alias: otherAlias, at: at(8) });
      await pass({ keys: ['bb'], at: at(7) });
      await pass({ ...shares, campaign: 'another', at: at(6), action: 'tag' });
      const values = ['domain lure.example'];
      const tagged = await pass({ ...shares, campaign, values, at: at(5), action: 'tag' });
      const held = await hold({ ...to('ann@example.test'), heldAt: at(3) });
      const view = await review.campaign(campaign);
      assert.deepEqual(
        view?.members.map(({ id, state, reply }) => [id, state, reply]),
        [
          [early, 'delivered-before-flag', '250 2.0.0 queued as Q7'],
          [tagged, 'delivered-tagged', '250 2.0.0 Ok: queued as R1'],
          [held, 'held', ''],
        ],
      );
      const { about, members, held: waiting, confirmed, aliases } = view.summary;
      assert.deepEqual(
        [about, members, waiting, confirmed, aliases],
        ['domain lure.example', 3, 1, false, [alias]],
      );
      await review.confirmAttack({ campaign }, operator, why);
      const listed = (await review.campaigns(firstPage)).find(({ id }) => id === campaign);
      assert.deepEqual(
        [listed?.members, listed?.held, listed?.confirmed],
        [3, 1, true],
        'as shown',
      );
      assert.equal(await review.campaign('nobody'), null);
    },
  ],
  [
    'watched mail is found by its Message-ID, its recipient, its alias',
    async ({ review, pass }) => {
      const id = await pass({
        messageId: '<Find.Me@vendor.test>',
        recipients: ['Jo@Example.test'],
      });
      await pass({ alias: otherAlias });
      const found = async (filter: object) =>
        (await review.messages(filter, firstPage)).messages.map((message) => message.id);
      assert.deepEqual(await found({ messageId: 'Find.Me@vendor.test' }), [id]);
      assert.deepEqual(await found({ recipient: 'jo@example.test', alias }), [id]);
      assert.deepEqual(await found({ id }), [id]);
      assert.deepEqual(await found({ id, alias: otherAlias }), []);
      assert.deepEqual(await found({ since: new Date(now.getTime() + 60_000).toISOString() }), []);
      for (let i = 0; i < 8; i++) await pass({ recipients: [`r${i}@example.test`] });
      const pages = [];
      for (let after: string | null = null; ;) {
        const page: Awaited<ReturnType<typeof review.messages>> = await review.messages(
          { alias },
          { limit: 4, ...(after === null ? {} : { after }) },
        );
        pages.push(page.messages.length);
        after = page.next;
        if (after === null) break;
      }
      assert.deepEqual(pages, [4, 4, 1]);
    },
  ],
  [
    'acts: newest first, by pages, with who, when, why and who took them back',
    async ({ review, hold }) => {
      const id = await hold(to('ann@example.test'));
      const by = { ...operator, password: 'never stored' };
      const act = await review.delete({ message: id }, by, { reason: ' two\u0000lines\r\n ' });
      const undone = await review.undo(act.id, operator, why);
      const [last, first] = await review.acts(firstPage);
      assert.deepEqual([last?.id, first?.id, first?.undoneBy], [undone.id, act.id, undone.id]);
      assert.deepEqual([first?.by, first?.reason, first?.subject], [operator, 'two lines', id]);
      const [second] = await review.acts({ limit: 1, after: undone.id });
      assert.equal(second?.id, act.id);
      assert.equal(Date.parse(act.at) >= now.getTime(), true);
    },
  ],
  [
    'what cannot be recorded is not answered as done',
    async ({ review, hold, breakAudit, nextHop }) => {
      const id = await hold(to('ann@example.test'));
      breakAudit();
      await assert.rejects(review.release({ message: id }, operator, why), /the disk is full/);
      const [act] = await review.acts(firstPage);
      assert.deepEqual([act?.kind, act?.effects], ['release', []], 'the journal has it');
      assert.ok(nextHop.messages.length <= 1);
    },
  ],
  [
    'an act that broke off half-way is taken back as far as it came',
    async (desk) => {
      const { review, hold, pass, learned, quarantine, standing, breakAudit, audited } = desk;
      const key = digest('contact', '+18025550100');
      await pass({ campaign, action: 'tag', keys: [key], telling: [key] });
      const tagged = await pass({ action: 'tag', taught: null, lesson: lessonFor('t', alias) });
      const [released, deleted] = [await hold(), await hold()];
      const before = await learned();
      const value = { alias, table: 'domain', value: 'partner.example' };
      const begin = [
        () => review.release({ message: released }, operator, why),
        () => review.delete({ messages: [deleted] }, operator, why),
        () => review.approveValue(value, operator, why),
        () => review.approveMessage(tagged, operator, why),
        () => review.confirmAttack({ campaign }, operator, why),
      ];
      breakAudit();
      for (const act of begin) await assert.rejects(act(), /the disk is full/);
      const acts = await review.acts(firstPage);
      assert.deepEqual([acts.length, acts.flatMap(({ effects }) => effects)], [begin.length, []]);
      assert.equal((await quarantine.find(deleted))?.state, 'deleted');
      assert.equal(standing.attacks().size, 1);
      const [confirmed] = acts;
      await assert.rejects(review.undo(confirmed!.id, operator, why), /the disk is full/);
      breakAudit(false);
      for (const { id } of acts) await review.undo(id, operator, why);
      assert.deepEqual(await learned(), before);
      assert.equal((await quarantine.find(deleted))?.state, 'held');
      assert.deepEqual([standing.attacks().size, await review.approvals(null)], [0, []]);
      assert.deepEqual(
        audited.map(({ act }) => act),
        begin.map(() => 'undone'),
        'also the undo that could not be recorded at first',
      );
    },
  ],
  [
    'a person who is erased is in no record any more',
    async ({ review, store, pass, hold, nextHop }) => {
      const person = 'Jo.Doe+x@example.test';
      const recipients = [person, 'ann@example.test'];
      const subject = 'Invoice for Jo Doe';
      const id = await pass({ recipients, subject, campaign, values: ['domain lure.example'] });
      const held = await hold(to(person));
      nextHop.script = (line) => (line.startsWith('RCPT') ? `550 no <${person}> here` : undefined);
      await review.release({ message: held }, operator, { reason: `asked by ${person}` });
      assert.ok((await eraseRecipient(store, person.toLowerCase(), pseudonym)) >= 2);
      const [message] = (await review.messages({ id }, firstPage)).messages;
      assert.deepEqual([message?.recipients, message?.subject], [['ann@example.test'], '']);
      const kept = JSON.stringify([
        await review.acts(firstPage),
        await review.campaigns(firstPage),
      ]);
      assert.ok(!/jo\.doe/i.test(kept), kept);
      assert.deepEqual((await review.messages({ recipient: person }, firstPage)).messages, []);
      const quoted = '"jo doe"@example.test';
      const other = 'jo.doe+x@example.test.org';
      await review.delete({ message: held }, operator, { reason: `${quoted}, not ${other}` });
      await eraseRecipient(store, quoted, pseudonym);
      await eraseRecipient(store, person, pseudonym);
      const [last] = await review.acts(firstPage);
      assert.equal(last?.reason, `erased, not ${other}`);
    },
  ],
];

/** What people may do, on any store. */
export function reviewBehaviour(
  name: string,
  skip: string | false,
  location: () => Promise<string>,
): void {
  describe(`review on ${name}`, { skip }, () => {
    for (const [what, check] of cases)
      test(what, async () => {
        await using desk = await openDesk(await location());
        await check(desk);
      });
  });
}
