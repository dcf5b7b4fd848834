import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { splitMbox, type ArchivedMessage } from '../../src/archive/mbox.ts';
import { defaultSmtpLimits } from '../../src/smtp/limits.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { deliverWithPrefix, startTestFrontHop, testPrefix } from '../support/smtp-front-hop.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';

const corpora = process.env['ALIASWATCH_CORPORA'];

/** From docs/protocol.md: why a message may not be taken as it is. */
const documented = /^(?:550 5\.6\.11 |552 5\.3\.4 |554 5\.4\.6 )/;
const lanes = 4;

suite(
  'real mail goes through byte for byte, or is refused with a documented reply',
  { skip: corpora === undefined && 'set ALIASWATCH_CORPORA to the folder of the corpora' },
  () => {
    test('every file of mime/, as it is and with CRLF', async (t) => {
      await using lane = await openLane();
      const counts: Record<string, number> = {};
      for (const path of await filesBelow(join(corpora!, 'mime'))) {
        const data = await readFile(path);
        for (const content of [data, asCrlf(data)]) {
          const answer = await lane.sendThrough(endingInLine(content), path);
          const reply = answer.replace(/ Ok: queued.*/, '');
          counts[reply] = (counts[reply] ?? 0) + 1;
        }
      }
      t.diagnostic(JSON.stringify(counts));
      assert.ok((counts['250 2.0.0'] ?? 0) > 100);
    });

    test('every message of streams/', async (t) => {
      const messages = streamMessages();
      const counts = { sent: 0, refused: 0 };
      const sendAll = async (): Promise<void> => {
        await using lane = await openLane();
        for await (const { bytes, source } of messages) {
          const answer = await lane.sendThrough(bytes, source);
          counts[answer.startsWith('250') ? 'sent' : 'refused']++;
        }
      };
      await Promise.all(Array.from({ length: lanes }, sendAll));
      t.diagnostic(JSON.stringify(counts));
      assert.ok(counts.sent > 3000);
    });
  },
);

type Lane = AsyncDisposable & {
  /** The reply to the message; when it is 2yz, the next hop has our field and exactly these bytes. */
  readonly sendThrough: (content: Buffer, source: string) => Promise<string>;
};

/** A client, a front hop and a next hop of their own, so that what arrives belongs to what was sent last. */
async function openLane(): Promise<Lane> {
  await using opened = new AsyncDisposableStack();
  const recorder = opened.use(await SmtpRecorder.start());
  const frontHop = opened.use(
    await startTestFrontHop(recorder.address, deliverWithPrefix, {
      limits: { ...defaultSmtpLimits, maxErrors: 100_000 },
    }),
  );
  const client = opened.use(await SmtpDialogue.greeted(frontHop.address));
  const owned = opened.move();
  return {
    async sendThrough(content, source) {
      await client.command('MAIL FROM:<a@s.test>', 250);
      await client.command('RCPT TO:<b@e.test>', 250);
      await client.command('DATA', 354);
      client.send(onTheWire(content), '.');
      const [answer = ''] = await client.expectAny();
      const [message, ...others] = recorder.messages;
      for (const session of recorder.sessions) session.messages.length = 0;
      for (const session of recorder.sessions) session.wire = Buffer.alloc(0);
      if (!answer.startsWith('250')) {
        assert.match(answer, documented, source);
        assert.equal(message, undefined, source);
        return answer;
      }
      assert.deepEqual(others, [], source);
      assert.ok(message?.equals(Buffer.concat([testPrefix, content])), `${source} was changed`);
      return answer;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Each goes to one of the lanes that read. */
async function* streamMessages(): AsyncGenerator<ArchivedMessage, undefined> {
  for (const path of await filesBelow(join(corpora!, 'streams')))
    if (path.endsWith('.mbox')) yield* splitMbox(await readFile(path), path);
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function asCrlf(data: Buffer): Buffer {
  return Buffer.from(data.toString('latin1').replaceAll(/\r\n|\r|\n/g, '\r\n'), 'latin1');
}

/** SMTP carries whole lines only. */
function endingInLine(data: Buffer): Buffer {
  return data.subarray(-2).toString('latin1') === '\r\n'
    ? data
    : Buffer.concat([data, Buffer.from('\r\n')]);
}

/** Written apart from the code under test. */
function onTheWire(content: Buffer): Buffer {
  return Buffer.from(
    `\r\n${content.toString('latin1')}`.replaceAll('\r\n.', '\r\n..').slice(2),
    'latin1',
  );
}
