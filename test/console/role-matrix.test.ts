import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apiRoutes } from '../../src/console/api/api-routes.ts';
import { apiBase } from '../../src/console/api/openapi.ts';
import { roleOfScopes } from '../../src/console/access/tokens.ts';
import { formRoutes } from '../../src/console/form-routes.ts';
import { pageRoutes } from '../../src/console/page-routes.ts';
import { mayAct, roles } from '../../src/console/role.ts';
import { heldMessage } from '../quarantine/samples.ts';
import { ask, loggedIn, names, openBrowser, someAlias, startSite } from './console-site.ts';
import { recordingReview } from './recording-review.ts';

const held = heldMessage();

/** A path that exists. */
function filled(path: string): string {
  const values: Readonly<Record<string, string>> = {
    ':id': path.includes('campaigns') ? held.campaign : held.id,
    ':alias': someAlias,
  };
  return path.replace(/:\w+/g, (name) => values[name] ?? held.id);
}

const site = (t: Parameters<typeof startSite>[0]) =>
  startSite(t, { review: recordingReview([held]) });

describe('pages', () => {
  for (const { path, needs } of pageRoutes) {
    test(`${path} for everybody`, async (t) => {
      const console = await site(t);
      const stranger = await ask(console, { path: filled(path) });
      assert.equal(stranger.status, 303);
      assert.match(String(stranger.headers['location']), /^\/login(\?next=|$)/);
      assert.ok(!stranger.body.includes(held.subject));
      for (const role of roles) {
        const browser = loggedIn(console, names[role]);
        const { status } = await browser.get(filled(path));
        assert.equal(status, mayAct(role, needs) ? 200 : 403, role);
      }
      assert.deepEqual(console.failures, []);
    });
  }
});

const fields: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/act': { act: 'release', message: held.id },
  '/approve': { alias: someAlias, table: 'domain', value: 'example.com' },
  '/notify': { campaign: held.campaign, to: 'recipients' },
  '/undo': { id: 'act1' },
  '/settle': { request: held.id, state: 'granted' },
  '/access/revoke-session': { operator: 'nobody' },
  '/access/revoke-token': { token: '0123456789abcdef' },
};

describe('forms', () => {
  for (const { path, needs } of formRoutes) {
    test(`${path} for everybody`, async (t) => {
      const console = await site(t);
      const given = fields[path];
      assert.ok(given, 'a form without a case here');
      const stranger = openBrowser(console);
      assert.equal((await stranger.post(path, given)).headers['location'], '/login');
      assert.deepEqual(console.review.calls, []);
      for (const role of roles) {
        const browser = loggedIn(console, names[role]);
        const before: number = console.review.calls.length;
        const { status } = await browser.post(path, given);
        assert.equal(status, mayAct(role, needs) ? 303 : 403, role);
        if (!mayAct(role, needs)) assert.equal(console.review.calls.length, before, role);
      }
      if (!path.startsWith('/access')) assert.ok(console.review.calls.length > 0);
    });
  }
});

const bodies: Readonly<Record<string, object>> = {
  act: { kind: 'release', messages: [held.id] },
  settleRequest: { state: 'declined' },
};

describe('API', () => {
  for (const { method, path, scope, operationId } of apiRoutes) {
    test(`${method} ${path} for every scope`, async (t) => {
      const console = await site(t);
      const body = method === 'POST' ? JSON.stringify(bodies[operationId]) : undefined;
      const call = (headers: Readonly<Record<string, string>>) =>
        ask(console, {
          method,
          path: apiBase + filled(path),
          headers: {
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(body === undefined ? {} : { body }),
        });
      const cookies = loggedIn(console, names.admin).cookies;
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const strangers = [
        {},
        { cookie },
        { authorization: 'Bearer ' },
        { authorization: `Bearer aliaswatch_${'A'.repeat(43)}` },
        { authorization: `Basic ${Buffer.from('anna:correct horse battery').toString('base64')}` },
      ];
      for (const headers of strangers) {
        const { status, headers: answered } = await call(headers);
        assert.equal(status, 401, JSON.stringify(headers));
        assert.match(String(answered['www-authenticate']), /^Bearer/);
      }
      assert.deepEqual(console.review.calls, []);
      for (const given of ['read', 'review', 'admin'] as const) {
        const { status } = await call({ authorization: `Bearer ${console.token(given)}` });
        const may = mayAct(roleOfScopes([given]), roleOfScopes([scope]));
        assert.equal(status, may ? 200 : 403, given);
      }
      const expired = console.token('admin');
      console.clock.nowMs += 3_600_001;
      assert.equal((await call({ authorization: `Bearer ${expired}` })).status, 401);
      assert.deepEqual(console.failures, []);
    });
  }
});

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];
const addresses = [
  ...pageRoutes.map(({ path }) => ({ path: filled(path), allowed: ['GET'] })),
  ...formRoutes.map(({ path }) => ({ path, allowed: ['POST'] })),
  { path: '/logout', allowed: ['POST'] },
  { path: '/theme', allowed: ['POST'] },
  { path: '/login', allowed: ['GET', 'POST'] },
  ...[...new Set(apiRoutes.map(({ path }) => path))].map((path) => ({
    path: apiBase + filled(path),
    allowed: apiRoutes.filter((route) => route.path === path).map(({ method }) => method as string),
  })),
];

test('by another method, or one that says it is another, nothing is done', async (t) => {
  const console = await site(t);
  const token = console.token('admin');
  const browser = loggedIn(console, names.admin);
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  for (const { path, allowed } of addresses)
    for (const method of methods.filter((name) => !allowed.includes(name))) {
      const { status, headers } = await ask(console, {
        method,
        path,
        headers: {
          cookie,
          authorization: `Bearer ${token}`,
          'x-http-method-override': allowed[0] ?? '',
          'sec-fetch-site': 'same-origin',
        },
      });
      assert.ok([404, 405].includes(status), `${method} ${path}: ${status}`);
      if (status === 405) assert.match(String(headers['allow']), new RegExp(allowed[0] ?? ''));
    }
  assert.deepEqual(console.review.calls, []);
});
