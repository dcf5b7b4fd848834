import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startSite } from './site.ts';

test('/readyz and the console ask the next hop once between them', async (t) => {
  let sessions = 0;
  // It never greets, so that what the gateway tries at its start tries once.
  const nextHop = createServer((socket) => {
    sessions++;
    socket.on('error', () => undefined).resume();
  });
  nextHop.listen(0, '127.0.0.1');
  await once(nextHop, 'listening');
  t.after(() => nextHop.close());
  const { port } = nextHop.address() as AddressInfo;
  await using site = await startSite({ nextHop: { host: '127.0.0.1', port } });
  // The gateway looks at once whether the next hop relays for strangers.
  while (sessions === 0) await once(nextHop, 'connection');
  await delay(200);
  const before = sessions;
  const { host, port: http } = site.server.http;
  const answers = await Promise.all(
    ['/readyz', '/', '/api/v1/overview'].map((path) => fetch(`http://${host}:${http}${path}`)),
  );
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200],
  );
  assert.equal(sessions - before, 1);
});
