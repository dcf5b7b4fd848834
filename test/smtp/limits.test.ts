import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { AddressLimits } from '../../src/smtp/address-limits.ts';
import { defaultSmtpLimits, type LimitReason, type SmtpLimits } from '../../src/smtp/limits.ts';
import { defaultTimeouts } from '../../src/smtp/next-hop-settings.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import {
  deliverWithPrefix,
  startTestFrontHop,
  type TestFrontHop,
} from '../support/smtp-front-hop.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';

const message = 'Subject: hello\r\n\r\nbody\r\n';

/** With nobody exempt: tests come from loopback. */
function limited(recorder: SmtpRecorder, limits: Partial<SmtpLimits>): Promise<TestFrontHop> {
  return startTestFrontHop(recorder.address, deliverWithPrefix, {
    limits: { ...defaultSmtpLimits, exempt: [], ...limits },
  });
}

async function envelope(client: SmtpDialogue): Promise<void> {
  await client.command('MAIL FROM:<a@s.test>', 250);
  await client.command('RCPT TO:<b@e.test>', 250);
}

describe('per address', () => {
  test('sessions: 421 for one too many, another address gets in, a closed one makes room', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await limited(recorder, { maxSessionsPerAddress: 1 });
    {
      await using first = await SmtpDialogue.greeted(frontHop.address);
      await using second = await SmtpDialogue.open(frontHop.address);
      const [answer] = await second.expect(421);
      assert.match(answer!, /^421 front\.test Too many sessions from your address/);
      await second.expectClose();
      await using other = await SmtpDialogue.greeted(frontHop.address, '127.0.0.2');
      await other.command('NOOP', 250);
      await first.command('QUIT', 221);
      await first.expectClose();
    }
    assert.deepEqual(frontHop.refusals, ['address-sessions']);
    for (let code = '421'; code !== '220';) {
      // The server may see the close a little later than we do.
      await using again = await SmtpDialogue.open(frontHop.address);
      code = (await again.expectAny())[0]!.slice(0, 3);
    }
  });

  test('connection rate: 421', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await limited(recorder, { connectionsPerMinute: 1 });
    await using first = await SmtpDialogue.greeted(frontHop.address);
    await using second = await SmtpDialogue.open(frontHop.address);
    await second.expect(421);
    await second.expectClose();
    await first.command('NOOP', 250);
    assert.deepEqual(frontHop.refusals, ['connection-rate']);
  });

  test('message rate: 450 to MAIL, and the session goes on', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await limited(recorder, { messagesPerMinute: 1 });
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await envelope(client);
    await client.data(message, 250);
    const [answer] = await client.command('MAIL FROM:<a@s.test>', 450);
    assert.match(answer!, /^450 4\.7\.1 Too many messages/);
    await client.command('NOOP', 250);
    assert.deepEqual(frontHop.refusals, ['message-rate']);
  });

  test('who is exempt has none of these limits', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await limited(recorder, {
      exempt: ['127.0.0.0/8'],
      maxSessionsPerAddress: 1,
      connectionsPerMinute: 1,
      messagesPerMinute: 1,
    });
    await using first = await SmtpDialogue.greeted(frontHop.address);
    await using second = await SmtpDialogue.greeted(frontHop.address);
    for (const client of [first, second, first]) {
      await envelope(client);
      await client.data(message, 250);
    }
    assert.deepEqual(frontHop.refusals, []);
  });
});

describe('address limits', () => {
  const limits = { ...defaultSmtpLimits, maxSessionsPerAddress: 2, messagesPerMinute: 60 };

  test('tokens come back with time, and not beyond the bucket', () => {
    let nowMs = 0;
    const addresses = new AddressLimits(limits, () => nowMs);
    const taken = (): number => {
      let count = 0;
      while (addresses.admitMessage('192.0.2.1')) count++;
      return count;
    };
    assert.equal(taken(), 60);
    nowMs += 2_000;
    assert.equal(taken(), 2);
    nowMs += 3_600_000;
    assert.equal(taken(), 60);
    assert.ok(addresses.admitMessage('192.0.2.2'));
  });

  test('sessions in all are counted from wherever, and once each', () => {
    const addresses = new AddressLimits(
      { ...limits, maxSessions: 3, exempt: ['127.0.0.0/8'] },
      () => 0,
    );
    const admitted = ['127.0.0.1', '127.0.0.1', '192.0.2.1'].map((from) => addresses.admit(from));
    assert.deepEqual(addresses.admit('127.0.0.1'), { ok: false, reason: 'sessions' });
    const [first] = admitted;
    assert.ok(first?.ok);
    first.leave();
    first.leave();
    assert.ok(addresses.admit('192.0.2.2').ok);
    assert.deepEqual(addresses.admit('192.0.2.2'), { ok: false, reason: 'sessions' });
  });

  test('IPv6 counts by /64', () => {
    const addresses = new AddressLimits(limits, () => 0);
    const admitted = ['2001:db8::1', '2001:db8:0:0:ffff::1', '2001:db8::2', '2001:db8:0:1::1'];
    assert.deepEqual(
      admitted.map((address) => addresses.admit(address).ok),
      [true, true, false, true],
    );
  });
});

test('errors: 421 after the last one; an accepted message begins anew', async () => {
  await using recorder = await SmtpRecorder.start();
  await using frontHop = await limited(recorder, { maxErrors: 3 });
  await using client = await SmtpDialogue.greeted(frontHop.address);
  for (let nth = 0; nth < 2; nth++) await client.command('RCPT TO:<b@e.test>', 503);
  await envelope(client);
  await client.data(message, 250);
  for (let nth = 0; nth < 3; nth++) await client.command('RCPT TO:<b@e.test>', 503);
  assert.deepEqual(await client.expect(421), ['421 4.7.0 Too many errors']);
  await client.expectClose();
  assert.deepEqual(frontHop.refusals, ['errors']);
});

describe('slow DATA', () => {
  const slow = { minDataBytesPerSecond: 1000, dataGraceMs: 150 };

  test('421 4.4.2, and the next hop gets nothing', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await limited(recorder, slow);
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await envelope(client);
    await client.command('DATA', 354);
    const drip = setInterval(() => client.send(Buffer.from('x')), 20);
    try {
      assert.deepEqual(await client.expect(421), ['421 4.4.2 Message arrives too slowly']);
      await client.expectClose();
    } finally {
      clearInterval(drip);
    }
    await recorder.until(({ mailSessions }) => mailSessions[0]!.closed);
    assert.equal(recorder.mailSessions[0]!.commands.includes('DATA'), false);
    assert.deepEqual(frontHop.refusals, ['slow-data']);
  });

  test('at the asked rate a message may take longer than the grace', async () => {
    await using recorder = await SmtpRecorder.start();
    // A stall of the machine must be shorter than this.
    await using frontHop = await limited(recorder, { ...slow, dataGraceMs: 600 });
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await envelope(client);
    await client.command('DATA', 354);
    for (let nth = 0; nth < 14; nth++) {
      client.send('x'.repeat(2000));
      await delay(50); // the pace is what is tested
    }
    client.send('.');
    await client.expect(250);
    assert.deepEqual(frontHop.refusals, []);
  });
});

test('idle: 421', async () => {
  await using recorder = await SmtpRecorder.start();
  await using frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, {
    timeouts: { ...defaultTimeouts, clientIdleMs: 80 },
  });
  await using client = await SmtpDialogue.greeted(frontHop.address);
  await client.expect(421);
  await client.expectClose();
});

describe('messages', () => {
  const id = '0mib7c2k9abcdefghij0';
  const received = (name: string, word = id): string =>
    `Received: from c.test ([192.0.2.1])\r\n by ${name} with ESMTP id ${word}; Sun, 22 Nov 2026 10:00:00 +0000\r\n`;
  const cases: readonly {
    name: string;
    wire: string;
    reply: RegExp;
    reason: LimitReason | null;
  }[] = [
    {
      name: 'our own field three times',
      wire: received('Front.Test').repeat(3) + message,
      reply: /^554 5\.4\.6 Mail loop/,
      reason: 'own-hops',
    },
    {
      name: 'twice',
      wire: received('front.test').repeat(2) + message,
      reply: /^250/,
      reason: null,
    },
    {
      name: 'our name with ids that are not ours',
      wire: received('front.test', 'ABC123').repeat(3) + message,
      reply: /^250/,
      reason: null,
    },
    {
      name: "another host's fields",
      wire: received('front.test.example').repeat(5) + message,
      reply: /^250/,
      reason: null,
    },
    {
      name: 'in the body',
      wire: message + received('front.test').repeat(5),
      reply: /^250/,
      reason: null,
    },
    {
      name: 'too many hops',
      wire: received('other.test').repeat(101) + message,
      reply: /^554 5\.4\.6 Too many hops/,
      reason: 'hops',
    },
    {
      name: 'header section beyond the limit',
      wire: 'X-Long: y\r\n'.repeat(30_000) + message,
      reply: /^552 5\.3\.4 Header section/,
      reason: 'header-size',
    },
    {
      name: 'a large body',
      wire: message + 'X-Long: y\r\n'.repeat(30_000),
      reply: /^250/,
      reason: null,
    },
  ];
  for (const c of cases) {
    test(c.name, async () => {
      await using recorder = await SmtpRecorder.start();
      await using frontHop = await limited(recorder, {});
      await using client = await SmtpDialogue.greeted(frontHop.address);
      await envelope(client);
      await client.command('DATA', 354);
      client.send(Buffer.from(`${c.wire}.\r\n`));
      assert.match((await client.expectAny())[0]!, c.reply);
      assert.deepEqual(frontHop.refusals, c.reason === null ? [] : [c.reason]);
      assert.equal(recorder.messages.length, c.reason === null ? 1 : 0);
      await client.command('NOOP', 250);
    });
  }
});

describe('out of step', () => {
  for (const ending of ['\n', 'x\n']) {
    test(`bare LF after a command (${JSON.stringify(ending)}): 500 5.5.2`, async () => {
      await using recorder = await SmtpRecorder.start();
      await using frontHop = await limited(recorder, {});
      await using client = await SmtpDialogue.greeted(frontHop.address);
      client.send(Buffer.from(`MAIL FROM:<a@s.test>${ending}`), 'NOOP');
      assert.match((await client.expect(500))[0]!, /^500 5\.5\.2 Bare LF/);
      await client.expect(250);
      client.send(Buffer.from('MAIL FROM:<a@s.test>'), Buffer.from('\r'));
      client.send(Buffer.from('\n'));
      await client.expect(250);
    });
  }

  const sync = /^554 5\.5\.0 SMTP synchronization error/;
  test('content behind DATA before the 354: 554 and closed, nothing relayed', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await limited(recorder, {});
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await envelope(client);
    client.send('DATA', Buffer.from(`${message}.\r\n`), 'MAIL FROM:<smuggled@s.test>');
    assert.match((await client.expect(554))[0]!, sync);
    await client.expectClose();
    await recorder.until(({ openSockets }) => openSockets === 0);
    assert.deepEqual(recorder.messages, []);
    assert.doesNotMatch(recorder.sessions.flatMap(({ commands }) => commands).join(), /smuggled/);
  });

  test('commands behind EHLO, and behind HELO ever: 554 and closed', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await limited(recorder, {});
    await using early = await SmtpDialogue.open(frontHop.address);
    await early.expect(220);
    early.send('EHLO client.test', 'MAIL FROM:<a@s.test>');
    assert.match((await early.expect(554))[0]!, sync);
    await early.expectClose();
    await using old = await SmtpDialogue.open(frontHop.address);
    await old.expect(220);
    await old.command('HELO client.test', 250);
    old.send('MAIL FROM:<a@s.test>', 'RCPT TO:<b@e.test>');
    assert.match((await old.expect(554))[0]!, sync);
    await old.expectClose();
  });
});

describe('a message may arrive twice', () => {
  test('the next hop has it, the client is gone', async () => {
    await using recorder = await SmtpRecorder.start();
    const over = Promise.withResolvers<undefined>();
    await using frontHop = await startTestFrontHop(
      recorder.address,
      async (transaction, nextHop) => {
        const answer = await deliverWithPrefix(transaction, nextHop);
        client.socket.resetAndDestroy();
        await delay(50); // until the reset has arrived; nothing tells
        over.resolve(undefined);
        return answer;
      },
    );
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await envelope(client);
    await client.command('DATA', 354);
    client.send(Buffer.from(`${message}.\r\n`));
    await over.promise;
    await recorder.until(({ openSockets }) => openSockets === 0);
    assert.equal(recorder.messages.length, 1);
    assert.deepEqual(frontHop.duplicateRisks, ['unacknowledged']);
  });

  test('the reply to the final dot is lost: 451', async () => {
    await using recorder = await SmtpRecorder.start((line) => (line === '.' ? 'drop' : undefined));
    await using frontHop = await limited(recorder, {});
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await envelope(client);
    await client.data(message, 451);
    assert.deepEqual(frontHop.duplicateRisks, ['reply-lost']);
  });

  test('lost before the final dot: no risk', async () => {
    await using recorder = await SmtpRecorder.start((line) =>
      line === 'DATA' ? 'drop' : undefined,
    );
    await using frontHop = await limited(recorder, {});
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await envelope(client);
    await client.data(message, 451);
    assert.deepEqual(frontHop.duplicateRisks, []);
  });
});
