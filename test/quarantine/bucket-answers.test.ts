import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  createServer,
  request,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { s3Objects } from '../../src/quarantine/s3-objects.ts';
import { id } from '../action/samples.ts';
import { requireS3Server, startS3Server } from '../support/s3-server.ts';
import { bucketPlace } from './bucket.ts';
import { content, heldMessage, prefix } from './samples.ts';

/** What S3 answers where another write of the same object is not over yet. */
const conflict =
  '<?xml version="1.0"?><Error><Code>ConditionalRequestConflict</Code><Message>Again</Message></Error>';

const skip = requireS3Server();
if (skip === false) await testAnswers();
else test('answers that a message in a bucket is not kept by', { skip });

async function testAnswers(): Promise<void> {
  const server = await startS3Server();
  after(() => server[Symbol.asyncDispose]());
  const bucket = await server.createBucket();

  for (const isWritten of [false, true])
    test(`a description that met another write ${isWritten ? 'and is there is held' : 'and is not there is not held'}`, async () => {
      const place = bucketPlace(server, bucket);
      await using front = await conflictingFront(server.endpoint, isWritten);
      const objects = s3Objects({ ...place.options, endpoint: front.endpoint });
      const held = place.through(objects).hold(heldMessage(), prefix, content);
      if (isWritten) await held;
      else await assert.rejects(held, { name: 'QuarantineError', problem: 'busy' });
      assert.equal((await place.through(place.objects).find(id)) !== null, isWritten);
      // The other write may still come, and then needs its bytes.
      assert.ok((await place.names()).includes(`${id}.eml`));
      for (const each of [objects, place.objects]) each[Symbol.dispose]();
    });

  test('a web page that answers everything with 200 holds nothing', async () => {
    // The web console of an object storage, on a port beside it, is such a one.
    const page = (_: IncomingMessage, answer: ServerResponse) =>
      answer
        .writeHead(200, { 'content-type': 'text/html', 'last-modified': new Date().toUTCString() })
        .end('<!doctype html><title>Console</title>');
    await using front = await listening(page);
    const { options, through } = bucketPlace(server, bucket);
    const objects = s3Objects({ ...options, endpoint: front.endpoint });
    const refusal = { problem: 'failed', message: /without ETag/ };
    await assert.rejects(through(objects).hold(heldMessage(), prefix, content), refusal);
    await assert.rejects(objects.put(`${id}.json`, Buffer.from('{}'), 'new'), refusal);
    objects[Symbol.dispose]();
  });
}

/** A way to the server that answers 409 to every description; `isWritten`: the server has it all the same. */
function conflictingFront(endpoint: string, isWritten: boolean) {
  const { hostname, port } = new URL(endpoint);
  return listening((incoming, answer) => {
    const { method, url = '', headers } = incoming;
    const isConflict = method === 'PUT' && url.includes('.json');
    const refuse = () => answer.writeHead(409, { 'content-type': 'application/xml' }).end(conflict);
    if (isConflict && !isWritten) {
      incoming.resume().once('end', refuse);
      return;
    }
    const onward = request({ hostname, port, method, path: url, headers }, (reply) => {
      if (isConflict) reply.resume().once('end', refuse);
      else reply.pipe(answer.writeHead(reply.statusCode ?? 502, reply.headers));
    });
    incoming.pipe(onward.once('error', (error) => answer.destroy(error)));
  });
}

async function listening(listener: RequestListener) {
  const front = createServer(listener);
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      front.closeAllConnections();
      front.close();
      await once(front, 'close');
    },
  };
}
