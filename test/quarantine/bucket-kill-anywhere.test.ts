import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { after, test } from 'node:test';
import type { Objects } from '../../src/quarantine/objects.ts';
import { id } from '../action/samples.ts';
import { requireS3Server, startS3Server } from '../support/s3-server.ts';
import { bucketPlace } from './bucket.ts';
import { frozenObjects } from './frozen-objects.ts';
import { hold, killedAnywhere, now } from './kill-anywhere-cases.ts';
import { heldMessage, wholeMessage } from './samples.ts';

const skip = requireS3Server();

if (skip === false) await testKills();
else test('killed before any call of a bucket', { skip });

async function testKills(): Promise<void> {
  const server = await startS3Server();
  after(() => server[Symbol.asyncDispose]());
  const bucket = await server.createBucket();
  const place = () => bucketPlace(server, bucket, { isPatient: false });

  killedAnywhere('a bucket', () => {
    const { objects, open, through } = place();
    return Promise.resolve({
      open: (options) => open(options),
      dying: (options, fatalCall) => {
        const frozen = frozenObjects(objects, fatalCall);
        return Promise.resolve({ ...frozen, quarantine: through(frozen.objects, options) });
      },
    });
  });

  /** A write that was done, and whose answer never came. */
  const forgetful = (real: Objects, forgets: (key: string) => boolean): Objects => ({
    ...real,
    name: real.name,
    head: (key) => real.head(key),
    get: (key, maxBytes) => real.get(key, maxBytes),
    read: (key, endBytes) => real.read(key, endBytes),
    list: (beginning) => real.list(beginning),
    remove: (key) => real.remove(key),
    put: async (key, body, condition) => {
      const tag = await real.put(key, body, condition);
      // As the SDK does by itself where it hears nothing.
      return forgets(key) ? real.put(key, body, condition) : tag;
    },
  });

  test('a write whose answer was lost is made again and meets itself', async () => {
    const { objects, through } = place();
    const quarantine = through(forgetful(objects, (key) => key.endsWith('.json')));
    await hold(quarantine);
    assert.deepEqual(await quarantine.find(id), heldMessage());
    assert.equal((await quarantine.delete(id, now)).state, 'deleted');
    assert.equal((await quarantine.find(id))?.state, 'deleted');
    assert.deepEqual(await buffer((await quarantine.read(id)).stream()), wholeMessage);
  });
}
