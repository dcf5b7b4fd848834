import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ClientIdentity } from '../../src/smtp/next-hop-settings.ts';
import { defaultTimeouts, plainRoute } from '../../src/smtp/next-hop-settings.ts';
import type { Connection } from '../../src/smtp/transaction.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { deliverWithPrefix, startTestFrontHop } from '../support/smtp-front-hop.ts';
import { allExtensions, SmtpRecorder } from '../support/smtp-recorder.ts';

const message = 'Subject: x\r\n\r\nbody\r\n';

describe('the next hop learns who the client is', () => {
  const cases: readonly { identity: ClientIdentity; offers?: string; begins: RegExp }[] = [
    {
      identity: 'xforward',
      offers: 'XFORWARD NAME ADDR PROTO HELO SOURCE',
      begins:
        /^EHLO front\.test\r\nXFORWARD HELO=client\.test PROTO=ESMTP NAME=\[UNAVAILABLE\] ADDR=127\.0\.0\.2 SOURCE=REMOTE\r\nMAIL/,
    },
    { identity: 'xforward', begins: /^EHLO front\.test\r\nMAIL/ },
    { identity: 'none', offers: 'XCLIENT NAME ADDR', begins: /^EHLO front\.test\r\nMAIL/ },
    {
      identity: 'xclient',
      offers: 'XCLIENT ADDR',
      begins: /^EHLO front\.test\r\nXCLIENT ADDR=127\.0\.0\.2\r\nEHLO client\.test\r\nMAIL/,
    },
  ];
  for (const { identity, offers, begins } of cases) {
    test(`${identity}, ${offers ?? 'nothing'} offered`, async () => {
      const extensions = offers === undefined ? allExtensions : [...allExtensions, offers];
      await using recorder = await SmtpRecorder.start(undefined, extensions);
      const route = { ...plainRoute(recorder.address, 'front.test'), clientIdentity: identity };
      await using frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, {
        route,
      });
      await using client = await SmtpDialogue.greeted(frontHop.address, '127.0.0.2');
      await client.command('MAIL FROM:<a@s.test>', 250);
      assert.match(recorder.mailSessions[0]!.wire.toString(), begins);
    });
  }

  test('no mail without XCLIENT where it is wanted', async () => {
    await using recorder = await SmtpRecorder.start();
    const route = {
      ...plainRoute(recorder.address, 'front.test'),
      clientIdentity: 'xclient' as const,
    };
    await using frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, { route });
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await client.command('MAIL FROM:<a@s.test>', 451);
  });
});

describe('PROXY, from listed peers only', () => {
  const seen: Connection[] = [];
  const start = async (recorder: SmtpRecorder, proxyPeers: readonly string[]) =>
    startTestFrontHop(
      recorder.address,
      (transaction, nextHop) => {
        seen.push(transaction.connection);
        return deliverWithPrefix(transaction, nextHop);
      },
      { proxyPeers, timeouts: { ...defaultTimeouts, proxyHeaderMs: 150 } },
    );

  const headers: readonly { name: string; header: Buffer; address: string }[] = [
    {
      name: 'v1',
      header: Buffer.from('PROXY TCP4 192.0.2.7 127.0.0.1 99 25\r\n'),
      address: '192.0.2.7',
    },
    {
      name: 'v2',
      header: Buffer.from('0d0a0d0a000d0a515549540a2111000cc00002087f00000100630019', 'hex'),
      address: '192.0.2.8',
    },
    {
      name: 'v2 LOCAL',
      header: Buffer.from('0d0a0d0a000d0a515549540a20000000', 'hex'),
      address: '127.0.0.1',
    },
  ];
  for (const { name, header, address } of headers) {
    test(`${name}, also byte by byte`, async () => {
      await using recorder = await SmtpRecorder.start();
      await using frontHop = await start(recorder, ['127.0.0.0/8']);
      await using client = await SmtpDialogue.open(frontHop.address);
      client.socket.setNoDelay(true);
      for (const byte of header) {
        client.send(Buffer.from([byte]));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await client.expect(220);
      await client.command('EHLO c.test', 250);
      await client.command('MAIL FROM:<a@s.test>', 250);
      await client.command('RCPT TO:<b@e.test>', 250);
      await client.data(message, 250);
      assert.equal(seen.at(-1)?.clientAddress, address);
    });
  }
  test('a listed peer that says nothing, or something else, is cut off', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await start(recorder, ['127.0.0.1']);
    await using silent = await SmtpDialogue.open(frontHop.address);
    await silent.expectClose();
    await using other = await SmtpDialogue.open(frontHop.address);
    other.send('EHLO c.test');
    await other.expectClose();
    assert.equal(frontHop.errors.length, 2);
  });
  test("others' header is a syntax error and changes nothing", async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await start(recorder, ['127.0.0.9']);
    await using client = await SmtpDialogue.open(frontHop.address);
    await client.expect(220);
    await client.command('PROXY TCP4 192.0.2.7 127.0.0.1 99 25', 500);
  });
});

describe('XCLIENT and XFORWARD, from listed peers only', () => {
  test('XFORWARD holds for one transaction, XCLIENT for the session', async () => {
    const seen: Connection[] = [];
    await using recorder = await SmtpRecorder.start(undefined, [...allExtensions, 'XCLIENT ADDR']);
    await using frontHop = await startTestFrontHop(
      recorder.address,
      (transaction, nextHop) => {
        seen.push(transaction.connection);
        return deliverWithPrefix(transaction, nextHop);
      },
      { xclientPeers: ['127.0.0.1'] },
    );
    await using client = await SmtpDialogue.open(frontHop.address);
    await client.expect(220);
    assert.match((await client.command('EHLO mx.test', 250)).join(), /XCLIENT.*XFORWARD/);
    const send = async () => {
      await client.command('MAIL FROM:<a@s.test>', 250);
      await client.command('RCPT TO:<b@e.test>', 250);
      await client.data(message, 250);
    };
    await client.command('XFORWARD ADDR=x', 501);
    await client.command('XFORWARD NAME=c.test ADDR=192.0.2.7 PORT=7', 250);
    await client.command('XFORWARD HELO=c+2Etest PROTO=SMTP', 250);
    await send();
    await send();
    await client.command('XCLIENT NAME=[UNAVAILABLE] ADDR=IPV6:2001:db8::7', 220);
    await client.command('MAIL FROM:<a@s.test>', 503);
    assert.doesNotMatch((await client.command('EHLO d.test', 250)).join(), /XCLIENT|XFORWARD/);
    await send();
    await client.command('XCLIENT ADDR=192.0.2.9', 550);
    assert.deepEqual(
      seen.map(({ clientAddress, clientHostname, helo, protocol }) =>
        [clientAddress, clientHostname, helo, protocol].join(' '),
      ),
      ['192.0.2.7 c.test c.test SMTP', '127.0.0.1  mx.test ESMTP', '2001:db8::7  d.test ESMTP'],
    );
    // Each of the three got a session of its own at the next hop.
    assert.deepEqual(
      recorder.mailSessions.map(({ commands }) =>
        commands.find((line) => line.startsWith('XCLIENT')),
      ),
      ['XCLIENT ADDR=192.0.2.7', 'XCLIENT ADDR=127.0.0.1', 'XCLIENT ADDR=IPV6:2001:db8::7'],
    );
  });
  test('not from others', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, {
      xclientPeers: ['127.0.0.9'],
    });
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await client.command('XCLIENT ADDR=192.0.2.7', 550);
    await client.command('XFORWARD ADDR=192.0.2.7', 550);
  });
});

test('PROXY v2 to the next hop that wants it: our own front hop', async () => {
  const seen: Connection[] = [];
  await using recorder = await SmtpRecorder.start();
  await using inner = await startTestFrontHop(
    recorder.address,
    (transaction, nextHop) => {
      seen.push(transaction.connection);
      return deliverWithPrefix(transaction, nextHop);
    },
    { proxyPeers: ['127.0.0.1'] },
  );
  for (const clientIdentity of ['proxy-v1', 'proxy-v2'] as const) {
    const route = { ...plainRoute(inner.address, 'front.test'), clientIdentity };
    await using outer = await startTestFrontHop(inner.address, deliverWithPrefix, { route });
    await using client = await SmtpDialogue.greeted(outer.address, '127.0.0.5');
    await client.command('MAIL FROM:<a@s.test>', 250);
    await client.command('RCPT TO:<b@e.test>', 250);
    await client.data(message, 250);
    assert.equal(seen.at(-1)?.clientAddress, '127.0.0.5');
    assert.equal(seen.at(-1)?.helo, 'client.test');
  }
  assert.equal(seen.length, 2);
});

test('several next hops: the first that answers; one that failed is tried last', async () => {
  await using down = await SmtpRecorder.start((line) =>
    line === '' ? '421 4.3.2 down' : undefined,
  );
  await using up = await SmtpRecorder.start();
  const route = {
    ...plainRoute(down.address, 'front.test'),
    nextHops: [{ host: '127.0.0.1', port: 1 }, down.address, up.address],
  };
  await using frontHop = await startTestFrontHop(up.address, deliverWithPrefix, { route });
  while (up.messages.length < 2) {
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await client.command('MAIL FROM:<a@s.test>', 250);
    await client.command('RCPT TO:<b@e.test>', 250);
    await client.data(message, 250);
  }
  assert.equal(up.messages.length, 2);
  // Asked for its capabilities and for the first client, not for the second.
  assert.equal(down.sessions.length, 2);
});
