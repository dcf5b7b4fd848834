import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { answered, MilterClient, numbers } from '../support/milter-client.ts';
import { startTestMilter } from '../support/test-milter.ts';

/** Packets as mail servers send them, and a few that none does. */
const packets = [
  ['D', 'Mi\x004Q1\0'],
  ['D', 'E{x'],
  ['C', 'unknown\x004\x12\x34192.0.2.1\0'],
  ['C', 'localhost\0U'],
  ['H', 'client.test\0'],
  ['M', '<a@vendor.example>\0BODY=8BITMIME\0'],
  ['M', '<>\0'],
  ['R', '<b@example.test>\0'],
  ['T', ''],
  ['L', 'Subject\0 x\0'],
  ['L', 'X-Aliaswatch-Verdict\0 clean\0'],
  ['L', 'Odd\0 x\n\nbody\0'],
  ['N', ''],
  ['B', 'body\r\n'],
  ['B', 'a\rb\0'],
  ['E', ''],
  ['E', 'last\r\n'],
  ['A', ''],
  ['K', ''],
  ['U', 'NOOP\0'],
  ['Z', 'zz'],
] as const;

/** In the order of a mail server, so that something also gets through. */
const ordinary = ['C', 'H', 'M', 'R', 'L', 'N', 'B', 'E'].map((name) => {
  const found = packets.find(([each]) => each === name);
  return found ?? packets[0];
});

const anything = fc.array(fc.constantFrom(...packets), { maxLength: 12 });
const session = fc
  .tuple(anything, fc.boolean(), anything)
  .map(([before, isWhole, after]) => [...before, ...(isWhole ? ordinary : []), ...after]);

test('whatever order packets come in, and wherever they are cut, the others are served', async () => {
  await using milter = await startTestMilter();
  await fc.assert(
    fc.asyncProperty(
      session,
      fc.integer({ min: 0, max: 400 }),
      fc.nat({ max: 255 }),
      async (sent, flipAt, flip) => {
        await using client = await MilterClient.open(milter.address);
        await client.negotiate();
        const wire = Buffer.concat(
          sent.map(([name, text]) => {
            const data = Buffer.from(name + text, 'latin1');
            return Buffer.concat([numbers(data.length), data]);
          }),
        );
        if (flipAt < wire.length) wire[flipAt] = (wire[flipAt] ?? 0) ^ flip;
        client.socket.end(wire);
        // A flipped L may be an O: who negotiates again is answered again.
        for (const { name } of await client.end())
          assert.ok('cyihmqbO'.includes(name), `no answer is called ${name}`);
      },
    ),
    { numRuns: 1000 },
  );
  assert.deepEqual(milter.errors, []);
  assert.ok(milter.seen.length > 10, 'some of it is mail');
  while (milter.sessions() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(milter.spool.usedBytes, 0);
  await using client = await MilterClient.greeted(milter.address);
  assert.equal(answered(await client.message({ bytes: 'A: b\r\n\r\n' })).final, 'c');
});
