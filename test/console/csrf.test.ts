import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csrfToken } from '../../src/console/access/csrf.ts';
import { heldMessage } from '../quarantine/samples.ts';
import { ask, form, loggedIn, openBrowser, startSite, type Site } from './console-site.ts';
import { recordingReview } from './recording-review.ts';

const held = heldMessage();
const act = { act: 'delete', message: held.id };
const ours = { 'sec-fetch-site': 'same-origin' };

async function start(t: Parameters<typeof startSite>[0]) {
  const site = await startSite(t, { review: recordingReview([held]) });
  const browser = loggedIn(site, 'otto');
  const secret = browser.cookies.get('aliaswatch-session') ?? '';
  const post = (
    fields: Readonly<Record<string, string | readonly string[]>>,
    headers: Readonly<Record<string, string>>,
  ) =>
    ask(site, {
      method: 'POST',
      path: '/act',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        cookie: `aliaswatch-session=${secret}`,
        ...headers,
      },
      body: form(fields),
    });
  return { site, secret, csrf: csrfToken(secret), post };
}

test('a form of ours acts, by Sec-Fetch-Site or by Origin', async (t) => {
  const { site, csrf, post } = await start(t);
  assert.equal((await post({ ...act, csrf }, ours)).status, 303);
  assert.equal((await post({ ...act, csrf }, { origin: site.origin })).status, 303);
  assert.equal(site.review.calls.length, 2);
});

const forged: readonly {
  readonly name: string;
  readonly csrf: (site: Site, own: string) => string | readonly string[] | null;
  readonly headers: Readonly<Record<string, string>>;
}[] = [
  { name: 'no token', csrf: () => null, headers: ours },
  { name: 'an empty token', csrf: () => '', headers: ours },
  { name: 'a token of another cookie', csrf: () => csrfToken('A'.repeat(43)), headers: ours },
  { name: 'the token twice', csrf: (_, own) => [own, own], headers: ours },
  { name: 'the token and more', csrf: (_, own) => `${own}A`, headers: ours },
  { name: 'another site', csrf: (_, own) => own, headers: { 'sec-fetch-site': 'cross-site' } },
  { name: 'another port', csrf: (_, own) => own, headers: { 'sec-fetch-site': 'same-site' } },
  {
    name: 'an address that was typed',
    csrf: (_, own) => own,
    headers: { 'sec-fetch-site': 'none' },
  },
  { name: 'another origin', csrf: (_, own) => own, headers: { origin: 'https://evil.example' } },
  { name: 'a hidden origin', csrf: (_, own) => own, headers: { origin: 'null' } },
  { name: 'no origin at all', csrf: (_, own) => own, headers: {} },
  {
    name: 'another origin that says it is ours',
    csrf: (_, own) => own,
    headers: { ...ours, origin: 'https://evil.example' },
  },
];

for (const { name, csrf, headers } of forged)
  test(`refused: ${name}`, async (t) => {
    const { site, csrf: own, post } = await start(t);
    const token = csrf(site, own);
    const { status } = await post({ ...act, ...(token === null ? {} : { csrf: token }) }, headers);
    assert.equal(status, 403);
    assert.deepEqual(site.review.calls, []);
  });

test('a token of another session, though its operator may do it', async (t) => {
  const { site, post } = await start(t);
  const other = loggedIn(site, 'anna');
  const csrf = csrfToken(other.cookies.get('aliaswatch-session') ?? '');
  assert.equal((await post({ ...act, csrf }, ours)).status, 403);
  assert.deepEqual(site.review.calls, []);
});

for (const type of ['text/plain', 'application/json', 'multipart/form-data; boundary=x', ''])
  test(`a form as ${type || 'nothing'} is not read`, async (t) => {
    const { site, csrf, post } = await start(t);
    const { status } = await post({ ...act, csrf }, { ...ours, 'content-type': type });
    assert.ok([400, 403, 415].includes(status), String(status));
    assert.deepEqual(site.review.calls, []);
  });

test('no address acts, whatever its query', async (t) => {
  const { site, csrf, secret } = await start(t);
  for (const path of ['/act', '/undo', '/logout', '/access/revoke-session'])
    for (const method of ['GET', 'HEAD'])
      await ask(site, {
        method,
        path: `${path}?${form({ ...act, csrf })}`,
        headers: { ...ours, cookie: `aliaswatch-session=${secret}` },
      });
  assert.deepEqual(site.review.calls, []);
  assert.equal(site.sessions.list().length, 1);
});

test('on this machine without a login, other sites can neither act nor read', async (t) => {
  const site = await startSite(t, { operators: null, review: recordingReview([held]) });
  const browser = openBrowser(site);
  assert.equal((await browser.get('/access')).status, 200);
  assert.equal((await browser.post('/act', act)).status, 303);
  assert.equal(site.review.calls.length, 1);
  const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
  assert.equal((await browser.post('/act', act, foreign)).status, 403);
  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'http://127.0.0.1:3000' }]) {
    const api = { path: '/api/v1/messages', headers };
    assert.equal((await ask(site, api)).status, 403);
  }
  const simple = await ask(site, {
    method: 'POST',
    path: '/api/v1/acts',
    headers: { 'content-type': 'text/plain' },
    body: JSON.stringify({ kind: 'delete', messages: [held.id] }),
  });
  assert.equal(simple.status, 415);
  assert.equal(site.review.calls.length, 1);
});
