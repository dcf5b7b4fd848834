import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withEdits, insertion } from '../../src/action/content-edits.ts';
import { reply } from '../../src/smtp/reply.ts';
import { answered, MilterClient, numbers, postfixOffer } from '../support/milter-client.ts';
import { startTestMilter } from '../support/test-milter.ts';

const message = [
  'Received: from a.test (a.test [192.0.2.1])\r\n\tby b.test; Sun, 22 Nov 2026 08:00:00 +0000',
  'From:No space <a@vendor.example>',
  'Subject:   three spaces, and a tail  ',
  'X-Empty:',
  'X-Latin: caf\xe9',
  '',
  '.first\r\n..second\r\n\r\nlast',
].join('\r\n');
const bytes = Buffer.from(message, 'latin1');

describe('a message through the milter protocol', () => {
  test('is put together again byte for byte, and gets our fields on top in their order', async () => {
    await using milter = await startTestMilter();
    await using client = await MilterClient.greeted(milter.address);
    const answers = answered(await client.message({ bytes, chunkBytes: 7 }));
    assert.deepEqual(milter.seen[0]?.bytes, bytes);
    assert.equal(answers.final, 'c');
    assert.deepEqual(answers.onTop, ['X-First: one', 'X-Second: two\n folded']);
    assert.deepEqual([answers.changed, answers.added, answers.body], [[], [], null]);
    assert.deepEqual(milter.outcomes, ['accepted']);
  });

  test('is told of with client, HELO, envelope and queue id', async () => {
    await using milter = await startTestMilter();
    await using client = await MilterClient.open(milter.address);
    await client.negotiate();
    client.macros('C', { client_resolve: 'OK', j: 'mta.test' });
    await client.connected('IPv6:2001:db8::1', 'Mail.Vendor.example');
    client.macros('H', { tls_version: 'TLSv1.3' });
    await client.say('H', Buffer.from('evil\r\nhelo\0'));
    await client.message({
      bytes,
      from: '',
      recipients: ['a@x.test', 'b@x.test'],
      queueId: '4QxY',
    });
    const { id, connection, envelope, queueId } = milter.seen[0]!.transaction;
    assert.match(id, /^[0-9a-z]{20}$/);
    assert.equal(queueId, '4QxY');
    assert.deepEqual(connection, {
      clientAddress: '2001:db8::1',
      clientPort: 0x1234,
      clientHostname: 'mail.vendor.example',
      helo: 'evil??helo',
      protocol: 'ESMTPS',
    });
    assert.deepEqual(envelope, {
      mailFrom: '',
      rcptTo: ['a@x.test', 'b@x.test'],
      mailParameters: 'SIZE=1000',
      rcptParameters: ['', ''],
    });
  });

  for (const [name, given, address] of [
    ['a local client', Buffer.from('localhost\0L\0\0/tmp/socket\0'), ''],
    ['an unknown client', Buffer.from('somewhere\0U'), ''],
    ['an address that is none', Buffer.from('x\x004\0\0not-an-address\0'), ''],
    ['an IPv4 client', Buffer.from('x\x004\0\x19192.0.2.7\0'), '192.0.2.7'],
  ] as const)
    test(`may come from ${name}`, async () => {
      await using milter = await startTestMilter();
      await using client = await MilterClient.open(milter.address);
      await client.negotiate();
      await client.say('C', given);
      await client.say('H', Buffer.from('client.test\0'));
      assert.equal(answered(await client.message({ bytes })).final, 'c');
      assert.equal(milter.seen[0]?.transaction.connection.clientAddress, address);
    });

  test('is one of several of a connection, some of them broken off', async () => {
    await using milter = await startTestMilter();
    await using client = await MilterClient.greeted(milter.address);
    await client.message({ bytes, queueId: 'A1' });
    await client.envelope({});
    client.send('A');
    await client.envelope({});
    await client.content({ bytes });
    client.send('A');
    await client.message({ bytes: 'Subject: second\r\n\r\n', queueId: 'B2', from: 'b@y.test' });
    client.send('K');
    await client.connected('192.0.2.9');
    await client.message({ bytes, from: 'c@z.test', queueId: '' });
    assert.deepEqual(
      milter.seen.map(({ transaction: { envelope, queueId, connection } }) => [
        envelope.mailFrom,
        queueId,
        connection.clientAddress,
      ]),
      [
        ['sender@vendor.example', 'A1', '127.0.0.1'],
        ['b@y.test', 'B2', '127.0.0.1'],
        ['c@z.test', undefined, '192.0.2.9'],
      ],
    );
    client.send('Q');
    assert.deepEqual(await client.end(), []);
    assert.deepEqual(milter.faults, []);
  });

  test('gets the reply of a refusal, and the next one is taken', async () => {
    const refusing = reply(550, '5.7.1', 'Refused: 100% sure');
    await using milter = await startTestMilter(({ envelope, content }, nextHop) =>
      envelope.mailFrom === 'bad@x.test'
        ? Promise.resolve(refusing)
        : nextHop.deliver(Buffer.alloc(0), content),
    );
    await using client = await MilterClient.greeted(milter.address);
    const refused = answered(await client.message({ bytes, from: 'bad@x.test' }));
    assert.equal(refused.reply, '550 5.7.1 Refused: 100%% sure');
    assert.equal(answered(await client.message({ bytes })).final, 'c');
    assert.deepEqual(milter.outcomes, ['refused', 'accepted']);
  });

  test('is held by the mail server, with our fields', async () => {
    await using milter = await startTestMilter(({ content }, nextHop) =>
      nextHop.hold!(Buffer.from('X-Verdict: bad\r\n'), content, 'a phone number\r\nin é'),
    );
    await using client = await MilterClient.greeted(milter.address);
    const { final, onTop, quarantined } = answered(await client.message({ bytes }));
    assert.deepEqual([final, onTop], ['c', ['X-Verdict: bad']]);
    assert.match(quarantined.join(), /^Aliaswatch [0-9a-z]{20}: a phone number in$/);
    assert.deepEqual(milter.outcomes, ['held']);
  });

  test('loses forged fields, keeps the others, and is taken where we fail', async () => {
    await using milter = await startTestMilter(() => Promise.reject(new Error('our bug')));
    await using client = await MilterClient.greeted(milter.address);
    const forged = [
      'X-Aliaswatch-Verdict: clean',
      'Authentication-Results: other.test; spf=pass',
      'Authentication-Results: milter.test; spf=pass',
      'Subject: x',
      'authentication-results: MILTER.test;\r\n spf=pass',
      'x-aliaswatch-verdict: clean',
    ].join('\r\n');
    const { final, changed, onTop } = answered(
      await client.message({ bytes: `${forged}\r\n\r\nbody` }),
    );
    assert.equal(final, 'c');
    assert.deepEqual(
      changed.map(({ index, name, value }) => [name, index, value]),
      [
        ['x-aliaswatch-verdict', 2, ''],
        ['X-Aliaswatch-Verdict', 1, ''],
        ['authentication-results', 3, ''],
        ['Authentication-Results', 2, ''],
      ],
    );
    assert.match(onTop.join(), /^X-Aliaswatch-Verdict: unavailable; cause=bug; action=pass;\n id=/);
    assert.deepEqual(milter.outcomes, ['failed']);
    assert.equal(milter.errors[0]?.message, 'our bug');
  });

  test('of a client that has logged in is not judged', async () => {
    await using milter = await startTestMilter();
    await using client = await MilterClient.greeted(milter.address);
    const own = { bytes: 'X-Aliaswatch-Verdict: clean\r\n\r\n', macros: { auth_authen: 'joe' } };
    const { final, changed, onTop } = answered(await client.message(own));
    assert.deepEqual([final, onTop, changed.length], ['c', [], 1]);
    await client.message({ bytes });
    assert.equal(milter.seen.length, 1);
    assert.deepEqual(milter.outcomes, ['not-judged', 'accepted']);
  });

  test('is changed where a warning is put into it', async () => {
    await using milter = await startTestMilter(({ content }, nextHop) => {
      const edits = [
        { at: 9, removedBytes: 0, insert: Buffer.from('[careful] ') },
        insertion(content.sizeBytes, Buffer.alloc(150_000, 'x')),
      ];
      return nextHop.deliver(Buffer.alloc(0), withEdits(content, edits));
    });
    await using client = await MilterClient.greeted(milter.address);
    const { final, changed, body } = answered(
      await client.message({ bytes: 'Subject: hello\r\nX-Other: 1\r\n\r\nbody\r\n' }),
    );
    assert.equal(final, 'c');
    assert.deepEqual(changed, [{ index: 1, name: 'Subject', value: ' [careful] hello' }]);
    assert.equal(body?.toString(), `body\r\n${'x'.repeat(150_000)}`);
  });

  test('larger than the memory for it is kept in a file, and nothing of it stays', async () => {
    await using milter = await startTestMilter();
    await using client = await MilterClient.greeted(milter.address);
    const large = `Subject: x\r\n\r\n${`${'0123456789abcdef'.repeat(60)}\r\n`.repeat(1000)}`;
    assert.equal(answered(await client.message({ bytes: large })).final, 'c');
    assert.equal(milter.seen[0]?.bytes.toString(), large);
    assert.equal(milter.spool.usedBytes, 0);
  });
});

describe('recipients', () => {
  test('past the limit or under another policy get 452, and are no recipients', async () => {
    await using milter = await startTestMilter(undefined, {
      maxRecipients: 2,
      admitRecipient: (_, candidate) =>
        candidate.startsWith('other') ? reply(452, '4.5.3', 'Another time') : null,
    });
    await using client = await MilterClient.greeted(milter.address);
    const recipients = ['a@x.test', 'other@x.test', 'b@x.test', 'c@x.test'];
    const refused = await client.envelope({ recipients });
    assert.deepEqual(
      refused.map(({ data }) => data.toString()),
      ['452 4.5.3 Another time\0', '452 4.5.3 Too many recipients\0'],
    );
    await client.content({ bytes });
    await client.endOfMessage();
    assert.deepEqual(milter.seen[0]?.transaction.envelope.rcptTo, ['a@x.test', 'b@x.test']);
    assert.deepEqual(milter.refusals, ['recipients']);
  });
});

describe('options', () => {
  test('are those with few round trips, and name the macros that we read', async () => {
    await using milter = await startTestMilter();
    await using client = await MilterClient.open(milter.address);
    const agreed = await client.negotiate();
    assert.equal(agreed.readUInt32BE(0), 6);
    assert.equal(agreed.readUInt32BE(4), 0x1 | 0x2 | 0x10 | 0x20 | 0x100);
    assert.equal(client.steps & 0x8000, 0, 'recipients are answered');
    assert.equal(client.steps & 0x7f, 0, 'nothing that is judged is left out');
    assert.match(agreed.toString('latin1', 12), /\{client_addr\}.*\{auth_authen\}.*i\0$/s);
  });

  for (const version of [2, 3, 4, 5])
    test(`of version ${version} work, with an answer to everything and without leading spaces`, async () => {
      await using milter = await startTestMilter();
      const offer = { version, actions: 0x3f, steps: 0x7f };
      await using client = await MilterClient.greeted(milter.address, { offer });
      assert.equal(client.steps, 0);
      const { final, onTop } = answered(await client.message({ bytes: 'A: b\r\nC:\r\n\r\nx' }));
      assert.deepEqual([final, onTop], ['c', ['X-First:one', 'X-Second:two\n folded']]);
      assert.equal(milter.seen[0]?.bytes.toString(), 'A: b\r\nC:\r\n\r\nx');
    });

  for (const [name, offer, says] of [
    ['of version 1', { ...postfixOffer, version: 1 }, /milter protocol 1 is too old/],
    ['without quarantine', { ...postfixOffer, actions: 0x1df }, /SMFIF_QUARANTINE/],
  ] as const)
    test(`${name} end the connection, and the log says why`, async () => {
      await using milter = await startTestMilter();
      await using client = await MilterClient.open(milter.address);
      client.send('O', numbers(offer.version, offer.actions, offer.steps));
      assert.deepEqual(await client.end(), []);
      assert.match(milter.faults[0]?.message ?? '', says);
      assert.equal(milter.faults[0]?.faultCause, 'options');
    });
});
