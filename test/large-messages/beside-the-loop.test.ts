import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createAuthenticator } from '../../src/authentication/authenticate.ts';
import { createResolver, type Resolver } from '../../src/authentication/resolver.ts';
import { unauthenticated } from '../../src/authentication/results.ts';
import { startZoneServer, type ZoneServer } from '../../src/commands/demo/zone-server.ts';
import { besideTheLoop } from '../../src/large-messages/beside-the-loop.ts';
import {
  createLargeMessageThread,
  type LargeMessageThread,
} from '../../src/large-messages/large-message-thread.ts';
import { MessageTooLarge, readBody } from '../../src/message/message.ts';
import { memoryContent } from '../../src/smtp/content.ts';
import { notification, resolverOptions, transactionOf } from '../authentication/lab.ts';
import { signMessage } from '../support/dkim-keys.ts';
import { spooled } from '../support/spooled.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { deliverWithPrefix, startTestFrontHop } from '../support/smtp-front-hop.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';
import { vendorZone } from '../support/zone.ts';

const signer = { domain: 'vendor.example', selector: 'rsa' } as const;
const zone = {
  ...vendorZone('vendor.example'),
  'servfail._domainkey.vendor.example': { fault: 'servfail' },
} as const;

let dns: ZoneServer;
let resolver: Resolver;
let thread: LargeMessageThread;
before(async () => {
  dns = await startZoneServer(zone, { host: '127.0.0.1', port: 0 });
  resolver = createResolver({ ...resolverOptions, servers: [dns.address] });
  thread = createLargeMessageThread();
  await readiness(thread);
});
after(async () => {
  await thread[Symbol.asyncDispose]();
  await resolver[Symbol.asyncDispose]();
  await dns[Symbol.asyncDispose]();
});

async function readiness({ isReady }: LargeMessageThread): Promise<void> {
  while (!isReady()) await delay(10);
}

const optionsWith = (errors: unknown[], deadlineMs = 20_000) => ({
  resolver,
  authservId: 'mx.recipient.example',
  deadlineMs,
  maxQueries: 50,
  onError: (error: unknown) => errors.push(error),
});

/** Lines in base64 that no compiler or cache has seen before. */
function attachment(sizeBytes: number): string {
  const bytes = Buffer.alloc(Math.floor((sizeBytes * 3) / 4), 'a file of no importance ');
  return bytes.toString('base64').replace(/.{76}/g, '$&\r\n');
}

function mixed(body: string, attached: string): string {
  const head = notification()
    .replace(/\r\n\r\n[^]*/, '\r\n')
    .concat('MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n');
  return [
    `${head}\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${body}\r\n`,
    '--b\r\nContent-Type: application/octet-stream; name=report.bin\r\n',
    `Content-Transfer-Encoding: base64\r\n\r\n${attached}\r\n--b--\r\n`,
  ].join('');
}

const calendar =
  'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:A call\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n';
const messages: Readonly<Record<string, () => Promise<string> | string>> = {
  unsigned: () => notification(),
  signed: () => signMessage(notification(), signer),
  'signed, changed on its way': async () =>
    (await signMessage(notification(), signer)).replace('Thank', 'Bank'),
  'signed, its key out of reach': () =>
    signMessage(notification(), { ...signer, selector: 'servfail' }),
  'two signatures': async () => {
    const once = await signMessage(notification(), { ...signer, selector: 'absent' });
    return signMessage(once, signer);
  },
  'an attachment of many pieces': () =>
    signMessage(
      mixed('<p>Here it <a href="https://a.example/">is</a></p>', attachment(900_000)),
      signer,
    ),
  'an image in its text': () =>
    mixed(`<img src="data:image/png;base64,${'A'.repeat(400)}"><b>Look</b>`, attachment(100)),
  'a calendar': () =>
    mixed('<i>Join</i>', attachment(100)).replace(
      '--b--',
      `--b\r\nContent-Type: text/calendar; charset=utf-8\r\n\r\n${calendar}\r\n--b--`,
    ),
  'no body': () => 'From: a@vendor.example\r\n\r\n',
  'no header': () => '\r\nonly text\r\n',
  nothing: () => '',
  'two authors': () => notification('a@vendor.example>, <b@other.example'),
};

describe('the thread has the outcome that the loop has', () => {
  for (const [name, make] of Object.entries(messages))
    test(name, async () => {
      const message = await make();
      const errors: unknown[] = [];
      const beside = besideTheLoop(thread, optionsWith(errors), 0);
      const here = createAuthenticator(optionsWith(errors));
      const bytes = Buffer.from(message, 'latin1');
      const transaction = transactionOf(memoryContent(bytes), {});
      const expectedResults = await here(transaction);
      assert.deepEqual(await beside.authenticate(transaction), expectedResults);
      await using spool = await spooled(bytes);
      const inFile = transactionOf(spool.content, {});
      assert.deepEqual(await beside.authenticate(inFile), expectedResults, 'from a file');
      const [there, expected] = [await beside.readBody(bytes), await readBody(bytes)];
      const content = (parts: typeof expected.parts) =>
        parts.map((part) => ({ ...part, content: Buffer.from(part.content).toString('hex') }));
      assert.deepEqual(
        { ...there, parts: content(there.parts) },
        { ...expected, parts: content(expected.parts) },
      );
      assert.deepEqual(errors, []);
      assert.equal(bytes.toString('latin1'), message, 'the message is still where it was');
    });

  test('too much text is told as such', async () => {
    const { readBody: beside } = besideTheLoop(thread, optionsWith([]), 0);
    const bytes = Buffer.from(`Subject: x\r\n\r\n${'word word word\r\n'.repeat(150_000)}`);
    await assert.rejects(beside(bytes), MessageTooLarge);
  });
});

describe('the thread fails', () => {
  const failing = (code: string, onMessage = '') => {
    const program = `import { parentPort as port } from 'node:worker_threads'; ${code}; port.postMessage('ready'); port.on('message', () => { ${onMessage} });`;
    const worker = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
    return createLargeMessageThread({ taskLimitMs: 300, restMs: 0, heapMegabytes: 64, worker });
  };
  const bytes = Buffer.from(notification());
  const transaction = transactionOf(notification(), {});

  test('it does not start: the loop does it', async () => {
    await using broken = failing('throw new Error("broken")');
    const errors: unknown[] = [];
    const { authenticate, readBody: read } = besideTheLoop(broken, optionsWith(errors), 0);
    const here = createAuthenticator(optionsWith(errors));
    assert.deepEqual(await authenticate(transaction), await here(transaction));
    assert.deepEqual(await read(bytes), await readBody(bytes));
    assert.deepEqual(errors, []);
  });

  test('it crashes: unauthenticated and an error, and no body; then there is another one', async () => {
    await using crashing = failing('', 'throw new Error("broken")');
    const errors: unknown[] = [];
    const { authenticate, readBody: read } = besideTheLoop(crashing, optionsWith(errors), 0);
    await readiness(crashing);
    assert.deepEqual(await authenticate(transaction), unauthenticated);
    assert.match(String(errors), /broken/);
    await readiness(crashing);
    await assert.rejects(read(bytes), /broken/);
  });

  test('it hangs: unauthenticated at the deadline', async () => {
    await using hanging = failing('', 'for (;;);');
    await readiness(hanging);
    const errors: unknown[] = [];
    const { authenticate } = besideTheLoop(hanging, optionsWith(errors, 100), 0);
    assert.deepEqual(await authenticate(transaction), unauthenticated);
    assert.deepEqual(errors, []);
  });

  test('it hangs: it is ended, and then there is another one', async () => {
    await using hanging = failing('', 'for (;;);');
    await readiness(hanging);
    const { readBody: read } = besideTheLoop(hanging, optionsWith([]), 0);
    await assert.rejects(read(bytes), /longer than 300 ms/);
    await readiness(hanging);
  });

  test('the content cannot be read: unauthenticated, and the error', async () => {
    const errors: unknown[] = [];
    const { authenticate } = besideTheLoop(thread, optionsWith(errors), 0);
    const content = memoryContent(Buffer.from(notification()));
    const unreadable = {
      ...content,
      prefix: () => Promise.reject(new Error('unreadable')),
      stream: () => content.stream().destroy(new Error('unreadable')),
    };
    assert.deepEqual(await authenticate(transactionOf(unreadable, {})), unauthenticated);
    assert.match(String(errors), /unreadable/);
  });
});

test('a file that is gone: unauthenticated, and the error', async () => {
  await using spool = await spooled(Buffer.from(mixed('<p>Here</p>', attachment(200_000))));
  const gone = { ...spool.content, descriptor: 1_000_000 };
  const errors: unknown[] = [];
  const { authenticate } = besideTheLoop(thread, optionsWith(errors), 0);
  assert.deepEqual(await authenticate(transactionOf(gone, {})), unauthenticated);
  assert.match(String(errors), /EBADF/);
});

test('a file that was closed meanwhile, its number that of another one: unauthenticated', async () => {
  const sent = await signMessage(mixed('<p>Here</p>', attachment(200_000)), signer);
  await using other = await spooled(Buffer.from(sent));
  const mine = await spooled(Buffer.from(mixed('<p>There</p>', attachment(200_000))));
  const { content } = mine;
  const closed = {
    ...content,
    descriptor: other.content.descriptor ?? -1,
    prefix: async (limitBytes: number) => {
      const head = await content.prefix(limitBytes);
      await mine[Symbol.asyncDispose]();
      return head;
    },
  };
  const errors: unknown[] = [];
  const { authenticate } = besideTheLoop(thread, optionsWith(errors), 0);
  assert.deepEqual(await authenticate(transactionOf(closed, {})), unauthenticated);
  assert.match(String(errors), /EBADF|closed/);
});

test('a large message costs the loop little of what it costs', async () => {
  const message = Buffer.from(
    await signMessage(mixed('<p>Here it is</p>', attachment(8_000_000)), signer),
    'latin1',
  );
  await using spool = await spooled(message);
  const transaction = transactionOf(spool.content, {});
  const analysed = message.subarray(0, 4 * 1024 * 1024);
  const beside = besideTheLoop(thread, optionsWith([]), 0);
  const here = { authenticate: createAuthenticator(optionsWith([])), readBody };
  // Processor time of this thread alone, which no other load on the machine adds to.
  const costOf = async ({ authenticate, readBody: read }: typeof beside) => {
    const before = process.threadCpuUsage();
    const { dkim } = await authenticate(transaction);
    await read(analysed);
    const { user, system } = process.threadCpuUsage(before);
    assert.deepEqual(
      dkim.map(({ result }) => result),
      ['pass'],
    );
    return user + system;
  };
  await costOf(beside); // the thread starts, and code is compiled
  const [besideUs, hereUs] = [await costOf(beside), await costOf(here)];
  assert.ok(besideUs < hereUs / 2, `${besideUs} µs of the loop, ${hereUs} µs without the thread`);
});

test('what a client sent is authenticated from the spool, and relayed after it', async () => {
  await using nextHop = await SmtpRecorder.start();
  const message = await signMessage(mixed('<p>Here</p>', attachment(1_500_000)), signer);
  const errors: unknown[] = [];
  const { authenticate } = besideTheLoop(thread, optionsWith(errors));
  const results: string[] = [];
  await using frontHop = await startTestFrontHop(nextHop.address, async (transaction, next) => {
    const { dkim } = await authenticate(transaction);
    results.push(...dkim.map(({ result }) => result));
    return deliverWithPrefix(transaction, next);
  });
  await using client = await SmtpDialogue.greeted(frontHop.address);
  await client.command('MAIL FROM:<a@vendor.example>', 250);
  await client.command('RCPT TO:<b@example.test>', 250);
  await client.data(message, 250);
  assert.deepEqual([results, errors], [['pass'], []]);
  const relayed = nextHop.messages[0]?.toString('latin1') ?? '';
  assert.ok(relayed.endsWith(message));
});
