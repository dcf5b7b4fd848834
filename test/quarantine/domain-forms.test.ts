import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { test } from 'node:test';
import { openQuarantine } from '../../src/quarantine/directory-quarantine.ts';
import { otherForms } from '../../src/quarantine/domain-forms.ts';
import type { HeldFilter } from '../../src/review/review.ts';
import { openShell } from '../commands/shell.ts';
import { ask, loggedIn, names, startSite } from '../console/console-site.ts';
import { recordingReview } from '../console/recording-review.ts';
import { heldMailPlace, ids, keyFileIn } from './held-mail.ts';
import { content, heldMessage, prefix } from './samples.ts';

const shell = await openShell();
const unicode = 'bücher.example';
const ascii = 'xn--bcher-kva.example';
/** To one form and from the other, each way round. */
const heldBoth = [
  { id: ids[0] ?? '', to: unicode, from: ascii },
  { id: ids[1] ?? '', to: ascii, from: unicode },
].map(({ id, to, from }) => {
  const { envelope } = heldMessage();
  return heldMessage({
    id,
    from: `Shop <billing@${from}>`,
    envelope: { ...envelope, rcptTo: [`Ann@${to}`], rcptParameters: [''] },
  });
});
const filters: readonly HeldFilter[] = [unicode, ascii, unicode.toUpperCase()].flatMap((form) => [
  { recipientDomain: form },
  { recipient: `ann@${form}` },
  { text: form },
]);

for (const how of ['index', 'index under a key', 'files'] as const)
  test(`either form of a domain finds both, in the ${how}`, async (t) => {
    const place = await heldMailPlace(t);
    const indexed = how !== 'files';
    const keyed = how === 'index under a key' ? { keyFile: await keyFileIn(place.folder) } : {};
    const quarantine = indexed ? await place.open(keyed) : await openQuarantine(place.directory);
    for (const held of heldBoth) await quarantine.hold(held, prefix, content);
    for (const filter of filters) {
      const { total } = await quarantine.list(filter, { limit: 10 });
      assert.equal(total, 2, JSON.stringify(filter));
    }
    const others = { recipientDomain: 'bucher.example' };
    assert.equal((await quarantine.list(others, { limit: 10 })).total, 0);
  });

test('by command, page and API', async (t) => {
  await mkdir(shell.path('state'), { recursive: true });
  const quarantine = await openQuarantine(shell.path('state/quarantine'));
  for (const held of heldBoth) await quarantine.hold(held, prefix, content);
  const { review } = recordingReview([]);
  const list = quarantine.list.bind(quarantine);
  const site = await startSite(t, { sources: { quarantine, review: { ...review, list } } });
  const browser = loggedIn(site, names.viewer);
  const headers = { authorization: `Bearer ${site.token('read')}` };
  for (const form of [unicode, ascii]) {
    const args = ['quarantine', 'list', '--state-dir', shell.path('state'), '--rcpt', `@${form}`];
    const { json } = await shell.runJson(args);
    assert.equal((json['messages'] as unknown[]).length, 2, form);
    const asked = encodeURIComponent(form);
    const answer = await ask(site, {
      path: `/api/v1/messages?recipientDomain=${asked}`,
      headers,
    });
    assert.equal((JSON.parse(answer.body) as { total: number }).total, 2, form);
    const { body } = await browser.get(`/quarantine?domain=${asked}`);
    for (const id of ids.slice(0, 2)) assert.ok(body.includes(`/quarantine/${id}`), form);
  }
});

const texts = [
  { text: 'a@bücher.example, call', other: 'xn--bcher-kva.example' },
  { text: 'link domain XN--BCHER-KVA.example', other: 'bücher.example' },
  { text: 'plain.example and words', other: '' },
  { text: 'xn--99999999.example', other: 'xn--99999999.example' },
];
for (const { text, other } of texts)
  test(`${text}: ${other || 'no other form'}`, () => {
    assert.equal(otherForms(text), other);
  });

test('a text made of nothing but domains costs little', () => {
  const startedMs = performance.now();
  otherForms('ü.ü-'.repeat(50_000));
  assert.ok(performance.now() - startedMs < 500);
});
