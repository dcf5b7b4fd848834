import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AddressLimits } from '../../src/smtp/address-limits.ts';
import { defaultSmtpLimits } from '../../src/smtp/limits.ts';
import { ClientsOfWorkers } from '../../src/workers/clients-of-workers.ts';
import type { FromWorker } from '../../src/workers/messages.ts';
import { remoteClients, type RemoteClients } from '../../src/workers/remote-clients.ts';

function counting() {
  const limits = { ...defaultSmtpLimits, maxSessionsPerAddress: 2, messagesPerMinute: 3 };
  return new ClientsOfWorkers(new AddressLimits(limits, () => 0));
}

/** A worker whose questions go to `clients`, as if through a pipe; `isAnswering` false leaves them open. */
function worker(clients: ClientsOfWorkers, pid: number, line = { isAnswering: true }) {
  const late: (() => void)[] = [];
  const remote: RemoteClients = remoteClients({
    tell: (message: FromWorker) => {
      const arrive = () => {
        if (message.kind === 'left') clients.left(pid, message.id);
        else if (message.kind === 'admit' || message.kind === 'message')
          remote.answered(message.id, clients.answer(pid, message));
      };
      if (line.isAnswering) setImmediate(arrive);
      else late.push(arrive);
    },
    isUncounted: (address) => address === '127.0.0.1',
    patienceMs: 50,
  });
  return {
    ...remote,
    asked: () => late.length,
    catchUp: () => late.splice(0).forEach((arrive) => arrive()),
  };
}

test('two workers together let in no more than one would', async () => {
  const clients = counting();
  const [one, two] = [worker(clients, 1), worker(clients, 2)];
  const first = await one.admit('192.0.2.1');
  assert.ok(first.ok);
  assert.ok((await two.admit('192.0.2.1')).ok);
  for (const each of [one, two])
    assert.deepEqual(await each.admit('192.0.2.1'), { ok: false, reason: 'address-sessions' });
  assert.ok((await two.admit('192.0.2.2')).ok);
  first.leave();
  await new Promise(setImmediate);
  assert.ok((await two.admit('192.0.2.1')).ok);
  const messages = [];
  for (const each of [one, two, one, two]) messages.push(await each.admitMessage('192.0.2.1'));
  assert.deepEqual(messages, [true, true, true, false]);
});

test('clients of a worker that is gone are gone, and only they', async () => {
  const clients = counting();
  const [one, two] = [worker(clients, 1), worker(clients, 2)];
  await one.admit('192.0.2.1');
  await two.admit('192.0.2.1');
  clients.gone(1);
  assert.ok((await two.admit('192.0.2.1')).ok);
  assert.equal((await two.admit('192.0.2.1')).ok, false);
});

test('mail does not wait for a leading process that is busy, and its late count is right', async () => {
  const clients = counting();
  const line = { isAnswering: false };
  const one = worker(clients, 1, line);
  const admitted = await one.admit('192.0.2.1');
  assert.ok(admitted.ok);
  assert.equal(await one.admitMessage('192.0.2.1'), true);
  one.catchUp();
  line.isAnswering = true;
  assert.ok((await one.admit('192.0.2.1')).ok);
  assert.equal((await one.admit('192.0.2.1')).ok, false, 'the late one counts');
  admitted.leave();
  await new Promise(setImmediate);
  assert.ok((await one.admit('192.0.2.1')).ok);
});

test('nobody is asked about messages that are not counted', async () => {
  const one = worker(counting(), 1, { isAnswering: false });
  assert.equal(await one.admitMessage('127.0.0.1'), true);
  assert.equal(one.asked(), 0);
});
