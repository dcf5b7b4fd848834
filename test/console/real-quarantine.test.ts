import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openQuarantine } from '../../src/quarantine/directory-quarantine.ts';
import { content, heldMessage, prefix } from '../quarantine/samples.ts';
import { ask, loggedIn, names, startSite } from './console-site.ts';
import { recordingReview } from './recording-review.ts';

const held = heldMessage();

async function start(t: TestContext) {
  const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-console-held-'));
  t.after(() => rm(directory, { recursive: true }));
  const quarantine = await openQuarantine(directory);
  await quarantine.hold(held, prefix, content);
  const { review } = recordingReview([]);
  const list = quarantine.list.bind(quarantine);
  const site = await startSite(t, { sources: { quarantine, review: { ...review, list } } });
  const authorization = `Bearer ${site.token('read')}`;
  const call = (path: string) => ask(site, { path: `/api/v1${path}`, headers: { authorization } });
  return { site, call, browser: loggedIn(site, names.viewer) };
}

test('a held message is found, by page and API', async (t) => {
  const { call, browser } = await start(t);
  assert.equal((await call(`/messages/${held.id}`)).status, 200);
  const { status, body } = await call('/messages?limit=1');
  assert.equal(status, 200);
  assert.equal((JSON.parse(body) as { total: number }).total, 1);
  assert.equal((await browser.get(`/quarantine/${held.id}`)).status, 200);
});

const asked = [
  { path: '/messages/nosuchmessage', status: 404, says: /there is no message/ },
  { path: '/messages/nosuchmessage/preview', status: 404, says: /there is no message/ },
  { path: '/messages?after=nowhere', status: 400, says: /end of a page/ },
];
for (const { path, status, says } of asked)
  test(`API ${path} is a mistake of who asks, not a failure`, async (t) => {
    const { site, call } = await start(t);
    const answer = await call(path);
    assert.equal(answer.status, status);
    assert.match(answer.body, says);
    assert.deepEqual(site.failures, []);
  });

for (const path of ['/quarantine/nosuchmessage', '/quarantine?after=nowhere'])
  test(`page ${path} is a mistake of who asks, not a failure`, async (t) => {
    const { site, browser } = await start(t);
    const { status, body } = await browser.get(path);
    assert.equal(status, 404);
    assert.match(body, /No such/);
    assert.deepEqual(site.failures, []);
  });
