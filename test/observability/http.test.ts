import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { startHttp } from '../../src/observability/http.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { createReadiness, type Health } from '../../src/observability/readiness.ts';

const up = () => Promise.resolve();
const down = () => Promise.reject(new Error('redis://user:hunter2@127.0.0.1 refused'));
const healthy: Health = { isDraining: () => false, checkNextHop: up, checkStore: up };
const readiness = createReadiness(healthy);

async function start(t: TestContext, health: Partial<Health> = {}): Promise<string> {
  const server = await startHttp({
    listen: { host: '127.0.0.1', port: 0 },
    registry: createMetrics('0.1.0').registry,
    readiness: createReadiness({ ...healthy, ...health }),
  });
  t.after(() => server[Symbol.asyncDispose]());
  return `http://127.0.0.1:${server.address.port}`;
}

test('/metrics is what Prometheus reads', async (t) => {
  const response = await fetch(`${await start(t)}/metrics`);
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  assert.match(
    await response.text(),
    /^aliaswatch_transactions_total\{verdict="clean",action="pass"\} 0$/m,
  );
});

test('/healthz says that the process lives, whatever else is down', async (t) => {
  const response = await fetch(
    `${await start(t, { checkNextHop: down, checkStore: down })}/healthz?x=1`,
  );
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { status: 'ok' });
});

const throwing = () => {
  throw new Error('broken check');
};

const readinessCases = [
  {
    name: 'all is well',
    health: {},
    status: 200,
    body: { status: 'ready', nextHop: 'up', store: 'up' },
  },
  {
    name: 'a lost store only degrades',
    health: { checkStore: down },
    status: 200,
    body: { status: 'degraded', nextHop: 'up', store: 'down' },
  },
  {
    name: 'no next hop',
    health: { checkNextHop: down },
    status: 503,
    body: { status: 'unavailable', nextHop: 'down', store: 'up' },
  },
  {
    name: 'a check that throws',
    health: { checkNextHop: throwing },
    status: 503,
    body: { status: 'unavailable', nextHop: 'down', store: 'up' },
  },
  {
    name: 'shutdown',
    health: { isDraining: () => true },
    status: 503,
    body: { status: 'draining', nextHop: 'up', store: 'up' },
  },
];

for (const { name, health, status, body } of readinessCases) {
  test(`/readyz: ${name}`, async (t) => {
    const response = await fetch(`${await start(t, health)}/readyz`);
    assert.equal(response.status, status);
    assert.deepEqual(await response.json(), body);
  });
}

test('/readyz: a next hop that hangs is down after two seconds, and is asked once for many callers', async (t) => {
  let asked = 0;
  const url = await start(t, {
    checkNextHop: () => {
      asked++;
      return new Promise(() => undefined);
    },
  });
  const startedMs = performance.now();
  const responses = await Promise.all(Array.from({ length: 5 }, () => fetch(`${url}/readyz`)));
  assert.deepEqual(
    responses.map(({ status }) => status),
    [503, 503, 503, 503, 503],
  );
  assert.ok(performance.now() - startedMs < 5000);
  assert.equal(asked, 1);
});

const refusals = [
  { method: 'GET', path: '/', status: 404 },
  { method: 'GET', path: '/metrics/', status: 404 },
  { method: 'GET', path: '/../metrics/x', status: 404 },
  { method: 'GET', path: '/constructor', status: 404 },
  { method: 'POST', path: '/other', status: 404 },
  { method: 'POST', path: '/metrics', status: 405 },
  { method: 'DELETE', path: '/healthz', status: 405 },
];

for (const { method, path, status } of refusals) {
  test(`${method} ${path} is ${status}`, async (t) => {
    const response = await fetch((await start(t)) + path, { method });
    assert.equal(response.status, status);
    assert.equal(response.headers.get('allow'), status === 405 ? 'GET, HEAD' : null);
  });
}

test('HEAD has the status and no body', async (t) => {
  const response = await fetch(`${await start(t)}/healthz`, { method: 'HEAD' });
  assert.equal(response.status, 200);
  assert.equal(await response.text(), '');
});

const hostile = [
  { name: 'no HTTP', sent: 'EHLO x\r\n\r\n', expected: /^HTTP\/1\.1 400 / },
  {
    name: 'endless header',
    sent: `GET /metrics HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    expected: /^HTTP\/1\.1 431 /,
  },
  {
    name: 'a body that never comes',
    sent: 'POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n',
    expected: /^HTTP\/1\.1 405 /,
  },
];

for (const { name, sent, expected } of hostile) {
  test(`answered and closed: ${name}`, async (t) => {
    const socket = connect(Number(new URL(await start(t)).port), '127.0.0.1');
    socket.write(sent);
    assert.match(await text(socket), expected);
  });
}

test('a port in use is an error, and closing frees it, idle connections included', async (t) => {
  const registry = createMetrics('0.1.0').registry;
  const server = await startHttp({
    listen: { host: '127.0.0.1', port: 0 },
    registry,
    readiness,
  });
  const listen = { host: '127.0.0.1', port: server.address.port };
  await assert.rejects(startHttp({ listen, registry, readiness }), { code: 'EADDRINUSE' });
  const idle = connect(listen.port, listen.host);
  await once(idle, 'connect');
  const closed = once(idle.resume(), 'close');
  await server[Symbol.asyncDispose]();
  await closed;
  const again = await startHttp({ listen, registry, readiness });
  t.after(() => again[Symbol.asyncDispose]());
  await again[Symbol.asyncDispose]();
});
