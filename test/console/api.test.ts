import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { apiRoutes } from '../../src/console/api/api-routes.ts';
import { openApiDocument } from '../../src/console/api/openapi.ts';
import { heldMessage } from '../quarantine/samples.ts';
import { ask, someAlias, startSite, type Asked, type Site } from './console-site.ts';
import { recordingReview } from './recording-review.ts';

const held = heldMessage();

async function start(t: Parameters<typeof startSite>[0], messages = [held]) {
  const site = await startSite(t, { review: recordingReview(messages) });
  const token = site.token('admin');
  return { site, call: (asked: Asked) => callWith(site, token, asked) };
}

async function callWith(site: Site, token: string, { headers, ...asked }: Asked) {
  const authorization = `Bearer ${token}`;
  const answer = await ask(site, { ...asked, headers: { authorization, ...headers } });
  return { ...answer, json: JSON.parse(answer.body) as Record<string, unknown> };
}

const json = { 'content-type': 'application/json' };
const post = (body: object, headers: Readonly<Record<string, string>> = {}): Asked => ({
  method: 'POST',
  path: '/api/v1/acts',
  headers: { ...json, ...headers },
  body: JSON.stringify(body),
});

describe('the document', () => {
  test('is OpenAPI 3.1 by another’s judgement', async () => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone(openApiDocument(apiRoutes, '0.1.0')));
    assert.deepEqual(result.errors, undefined);
    assert.equal(result.valid, true);
    assert.equal(validator.version, '3.1');
  });
  test('has every operation once, with its scope, and no reference into nothing', async (t) => {
    const { call } = await start(t);
    const { json: document } = await call({ path: '/api/v1/openapi.json' });
    const paths = document['paths'] as Record<string, Record<string, { description: string }>>;
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, { description }]) => `${method} ${path} ${description}`,
      ),
    );
    assert.equal(operations.length, apiRoutes.length);
    for (const { method, path, scope } of apiRoutes)
      assert.ok(
        operations.includes(
          `${method.toLowerCase()} ${path.replace(/:(\w+)/g, '{$1}')} Needs scope \`${scope}\`.`,
        ),
        path,
      );
    const { schemas } = document['components'] as { schemas: Record<string, unknown> };
    for (const [, name = ''] of JSON.stringify(document).matchAll(
      /"#\/components\/schemas\/(\w+)"/g,
    ))
      assert.ok(name in schemas, name);
    assert.doesNotMatch(JSON.stringify(document), /\$defs|"__schema/);
  });
});

describe('reading', () => {
  test('a message with why it is held, and without what it would teach', async (t) => {
    const { call } = await start(t);
    const { json: message } = await call({ path: `/api/v1/messages/${held.id}` });
    assert.equal(message['subject'], held.subject);
    assert.deepEqual(message['explanation'], held.explanation);
    assert.equal('lesson' in message, false);
  });
  test('what a message says, as plain text', async (t) => {
    const raw = Buffer.from(
      'Subject: =?utf-8?q?caf=C3=A9?=\r\nContent-Type: text/html\r\n\r\n<p>Call <b>now</b><script>alert(1)</script></p>',
    );
    const site = await startSite(t, { review: recordingReview([held], () => raw) });
    const { json: preview } = await callWith(site, site.token('read'), {
      path: `/api/v1/messages/${held.id}/preview`,
    });
    assert.deepEqual(preview['htmlText'], ['Call now']);
    assert.equal(preview['sizeBytes'], raw.length);
    assert.deepEqual((preview['fields'] as { name: string; body: string }[])[0]?.body, 'café');
  });
  test('the rules in force', async (t) => {
    const { call } = await start(t);
    const { json: rules } = await call({ path: '/api/v1/rules' });
    assert.match(String(rules['version']), /^[0-9a-f]{12}$/);
    assert.ok((rules['quarantine'] as { floorBits: number }).floorBits >= 12);
  });
  test('a page of messages', async (t) => {
    const { call } = await start(t, [held, { ...held, id: 'other' }]);
    const { json: page } = await call({ path: '/api/v1/messages?limit=1&state=any&alias=x' });
    assert.equal((page['items'] as unknown[]).length, 1);
    assert.equal(page['total'], 2);
  });
  test('aliases and what was learned of one', async (t) => {
    const { call } = await start(t);
    const { json: aliases } = await call({ path: '/api/v1/aliases' });
    assert.ok((aliases['items'] as { id: string }[]).some(({ id }) => id === someAlias));
    const { json: baseline } = await call({ path: `/api/v1/aliases/${someAlias}/baseline` });
    assert.equal(baseline['messages'], 0);
    assert.equal(baseline['isStartingUp'], true);
  });
  const missing = [
    '/api/v1/messages/nosuchmessage',
    '/api/v1/campaigns/nosuchcampaign',
    '/api/v1/aliases/nosuchalias/baseline',
    '/api/v1/nothing',
  ];
  for (const path of missing)
    test(`404 in words at ${path}`, async (t) => {
      const { call } = await start(t);
      const { status, json: problem, headers } = await call({ path });
      assert.equal(status, 404);
      assert.equal(headers['content-type'], 'application/problem+json; charset=utf-8');
      assert.equal(problem['status'], 404);
      assert.match(String(problem['detail']), /there is no/);
    });
  const unusable = [
    { path: '/api/v1/messages?limit=0', at: 'limit' },
    { path: '/api/v1/messages?limit=501', at: 'limit' },
    { path: '/api/v1/messages?limit=x', at: 'limit' },
    { path: '/api/v1/messages?limit=1&limit=2', at: 'limit' },
    { path: '/api/v1/messages?since=yesterday', at: 'since' },
    { path: '/api/v1/messages?state=gone', at: 'state' },
    { path: '/api/v1/messages?unknown=1', at: '' },
    { path: '/api/v1/messages/..%2f..%2fetc%2fpasswd', at: 'id' },
    { path: '/api/v1/messages/%00', at: 'id' },
  ];
  for (const { path, at } of unusable)
    test(`400 says what is wrong with ${path}`, async (t) => {
      const { site, call } = await start(t);
      const { status, json: problem } = await call({ path });
      assert.equal(status, 400);
      const problems = problem['problems'] as { at: string; message: string }[];
      assert.equal(problems[0]?.at, at);
      assert.deepEqual(site.failures, []);
    });
});

describe('acts', () => {
  const acts = [
    {
      body: {
        kind: 'release',
        messages: [held.id],
        recipients: ['ben@example.com'],
        reason: 'fine',
      },
      asked: ['release', { message: held.id }, { reason: 'fine', recipients: ['ben@example.com'] }],
    },
    {
      body: { kind: 'delete', messages: ['a', 'b'], reason: 'spam' },
      asked: ['delete', { messages: ['a', 'b'] }, { reason: 'spam' }],
    },
    {
      body: { kind: 'confirm-attack', campaign: 'c1' },
      asked: ['confirm-attack', { campaign: 'c1' }, { reason: '' }],
    },
    {
      body: { kind: 'approve-value', alias: 'a', table: 'domain', value: 'example.com', days: 30 },
      asked: [
        'approve-value',
        { alias: 'a', table: 'domain', value: 'example.com', days: 30 },
        { reason: '' },
      ],
    },
    {
      body: { kind: 'approve-message', message: 'm' },
      asked: ['approve-message', 'm', { reason: '' }],
    },
    {
      body: { kind: 'notify', campaign: 'c1', to: 'admins', reason: 'lure' },
      asked: ['notify', 'c1', { to: 'admins', reason: 'lure' }],
    },
    {
      body: { kind: 'undo', act: 'act1', reason: 'oops' },
      asked: ['undo', 'act1', { reason: 'oops' }],
    },
  ];
  for (const { body, asked } of acts)
    test(body.kind, async (t) => {
      const { site, call } = await start(t);
      const { status, json: act } = await call(post(body));
      assert.equal(status, 200);
      assert.equal(act['kind'], body.kind);
      const [called] = site.review.calls;
      assert.deepEqual([called?.act, called?.args[0], called?.args[2]], asked);
      assert.deepEqual(called?.args[1], { kind: 'operator', name: 'token:test', via: 'api' });
    });
  const refused = [
    { name: 'no target', body: { kind: 'release' }, status: 400 },
    { name: 'two targets', body: { kind: 'release', messages: ['a'], campaign: 'b' }, status: 400 },
    { name: 'an unknown act', body: { kind: 'forget' }, status: 400 },
    { name: 'an unknown field', body: { kind: 'undo', act: 'a', everything: true }, status: 400 },
    { name: 'nobody', body: { kind: 'release', messages: ['a'], recipients: [] }, status: 400 },
    { name: 'nobody named', body: { kind: 'notify', campaign: 'c1' }, status: 400 },
    { name: 'a list', body: [], status: 400 },
    { name: 'a path', body: { kind: 'delete', messages: ['../x'] }, status: 400 },
    { name: '501 messages', body: { kind: 'delete', messages: Array(501).fill('a') }, status: 400 },
    {
      name: 'a long reason',
      body: { kind: 'undo', act: 'a', reason: 'x'.repeat(501) },
      status: 400,
    },
  ];
  for (const { name, body, status } of refused)
    test(`refused: ${name}`, async (t) => {
      const { site, call } = await start(t);
      assert.equal((await call(post(body))).status, status);
      assert.deepEqual(site.review.calls, []);
    });
  const noJson = [
    { type: 'application/json', body: '{', status: 400 },
    { type: 'application/json', body: '', status: 400 },
    {
      type: 'application/json',
      body: '{"__proto__":{"kind":"undo"},"kind":"undo","act":"a"}',
      status: 400,
    },
    { type: 'application/json', body: '['.repeat(50_000), status: 400 },
    { type: 'application/x-www-form-urlencoded', body: 'kind=undo&act=a', status: 415 },
    { type: 'text/plain', body: '{"kind":"undo","act":"a"}', status: 415 },
  ];
  for (const { type, body, status } of noJson)
    test(`${body.slice(0, 30)} as ${type} is ${status}`, async (t) => {
      const { site, call } = await start(t);
      const path = '/api/v1/acts';
      const answer = await call({ method: 'POST', path, headers: { 'content-type': type }, body });
      assert.equal(answer.status, status);
      assert.deepEqual(site.review.calls, []);
    });
  test('what nobody has is 404, what cannot be is 422 in the words of who refused it', async (t) => {
    const review = recordingReview([]);
    const site = await startSite(t, {
      sources: {
        review: {
          ...review.review,
          delete: async (...args) => ({
            ...(await review.review.delete(...args)),
            effects: [{ message: 'x', outcome: 'missing', detail: 'no message x' }],
          }),
          undo: () => Promise.reject(new Error('an undo is not taken back')),
          release: () => Promise.reject(new TypeError('boom /secret/path')),
        },
      },
    });
    const token = site.token('review');
    const gone = await callWith(site, token, post({ kind: 'delete', messages: ['x'] }));
    assert.deepEqual([gone.status, gone.json['detail']], [404, 'no message x']);
    const undone = await callWith(site, token, post({ kind: 'undo', act: 'x' }));
    assert.deepEqual([undone.status, undone.json['detail']], [422, 'an undo is not taken back']);
    const failed = await callWith(site, token, post({ kind: 'release', messages: ['x'] }));
    assert.equal(failed.status, 500);
    assert.doesNotMatch(failed.body, /boom|secret/);
    assert.equal(site.failures.length, 1);
  });
});

describe('Idempotency-Key', () => {
  const body = { kind: 'release', messages: [held.id] };
  test('the same key acts once, also at the same time', async (t) => {
    const { site, call } = await start(t);
    const key = { 'idempotency-key': 'abc' };
    const answers = await Promise.all([call(post(body, key)), call(post(body, key))]);
    const later = await call(post(body, key));
    assert.equal(site.review.calls.length, 1);
    for (const { json: act } of answers) assert.deepEqual(act, later.json);
  });
  test('not for another caller, another key or none', async (t) => {
    const { site, call } = await start(t);
    await call(post(body, { 'idempotency-key': 'abc' }));
    await call(post(body, { 'idempotency-key': 'abd' }));
    await call(post(body));
    assert.equal(site.review.calls.length, 3);
    await callWith(site, site.token('review'), post(body, { 'idempotency-key': 'abc' }));
    assert.equal(site.review.calls.length, 4, 'another token of the same name');
  });
  test('with another body it is a mistake', async (t) => {
    const { site, call } = await start(t);
    await call(post(body, { 'idempotency-key': 'abc' }));
    const other = post({ ...body, kind: 'delete' }, { 'idempotency-key': 'abc' });
    assert.equal((await call(other)).status, 422);
    assert.equal(site.review.calls.length, 1);
  });
});

test('a review that is not there is said so', async (t) => {
  const sources = { review: null, auditReader: null, requests: null };
  const site = await startSite(t, { sources });
  for (const path of ['messages', 'acts', 'campaigns', 'audit', 'requests', 'approvals']) {
    const { status, json: problem } = await callWith(site, site.token('read'), {
      path: `/api/v1/${path}`,
    });
    assert.equal(status, 503, path);
    assert.match(String(problem['detail']), /this proxy has no/);
  }
});

test('tokens and sessions are listed and revoked, on record', async (t) => {
  const { site, call } = await start(t);
  const other = site.token('read');
  const id = site.tokens.find(other)?.id ?? '';
  const { body } = await call({ path: '/api/v1/tokens' });
  assert.ok(body.includes(id) && !body.includes(other));
  const revoked = await call({ method: 'DELETE', path: `/api/v1/tokens/${id}` });
  assert.deepEqual(revoked.json, { ended: 1 });
  assert.equal((await callWith(site, other, { path: '/api/v1/overview' })).status, 401);
  const again = await call({ method: 'DELETE', path: `/api/v1/tokens/${id}` });
  assert.deepEqual(again.json, { ended: 0 });
  site.sessions.begin({ operator: 'otto', credential: '', address: '192.0.2.1' });
  const [session] = (await call({ path: '/api/v1/sessions' })).json['items'] as { id: string }[];
  await call({ method: 'DELETE', path: `/api/v1/sessions/${session?.id ?? ''}` });
  assert.deepEqual(site.sessions.list(), []);
  assert.deepEqual(
    site.audited.map(({ act, actor }) => [act, actor.name]),
    [
      ['token-changed', 'token:test'],
      ['session-revoked', 'token:test'],
    ],
  );
});
