import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Connection } from '../../src/smtp/transaction.ts';
import { requireInstalled } from '../support/installed.ts';
import { skipWithoutPostfix, startPostfix } from '../support/postfix.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { deliverWithPrefix, startTestFrontHop } from '../support/smtp-front-hop.ts';
import { freePort, listens } from '../support/smtp-ports.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';

const message = 'Subject: x\r\nFrom: a@s.test\r\nMessage-Id: <1@s.test>\r\n\r\n.body\r\n';

test(
  'between two Postfix: smtpd_proxy_filter in front, XCLIENT behind',
  { skip: skipWithoutPostfix() },
  async () => {
    const seen: Connection[] = [];
    await using mailbox = await SmtpRecorder.start();
    await using behind = await startPostfix(mailbox.address);
    await using frontHop = await startTestFrontHop(
      behind,
      (transaction, nextHop) => {
        seen.push(transaction.connection);
        return deliverWithPrefix(transaction, nextHop);
      },
      { xclientPeers: ['127.0.0.1'] },
    );
    const { host, port } = frontHop.address;
    await using inFront = await startPostfix(mailbox.address, [
      `smtpd_proxy_filter = inet:[${host}]:${port}`,
    ]);
    await using client = await SmtpDialogue.greeted(inFront, '127.0.0.3');
    await client.command('MAIL FROM:<a@s.test>', 250);
    await client.command('RCPT TO:<bob@example.test>', 250);
    await client.data(message.replace('\r\n.', '\r\n..'), 250);
    await mailbox.until(({ messages }) => messages.length === 1);
    assert.deepEqual(
      seen.map(({ clientAddress, helo, protocol }) => [clientAddress, helo, protocol]),
      [['127.0.0.3', 'client.test', 'ESMTP']],
    );
    const delivered = mailbox.messages[0]!.toString();
    // The last Postfix was told by us, and we by the first.
    assert.match(delivered, /^Received: from client\.test \(unknown \[127\.0\.0\.3\]\)/);
    assert.ok(delivered.includes('X-Prefix: ours\r\n'));
  },
);

test(
  'HAProxy with send-proxy-v2 in front',
  { skip: requireInstalled('haproxy', 'haproxy') },
  async () => {
    const seen: Connection[] = [];
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await startTestFrontHop(
      recorder.address,
      (transaction, nextHop) => {
        seen.push(transaction.connection);
        return deliverWithPrefix(transaction, nextHop);
      },
      { proxyPeers: ['127.0.0.1'] },
    );
    const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-haproxy-'));
    const config = join(directory, 'haproxy.cfg');
    const port = await freePort();
    await writeFile(
      config,
      `defaults
  mode tcp
  timeout connect 5s
  timeout client 10s
  timeout server 10s
listen smtp
  bind 127.0.0.1:${port}
  server aliaswatch 127.0.0.1:${frontHop.address.port} send-proxy-v2
`,
    );
    const haproxy = spawn('/usr/sbin/haproxy', ['-db', '-f', config], { stdio: 'ignore' });
    const exited = once(haproxy, 'exit');
    try {
      await listens({ host: '127.0.0.1', port });
      await using client = await SmtpDialogue.greeted({ host: '127.0.0.1', port }, '127.0.0.6');
      await client.command('MAIL FROM:<a@s.test>', 250);
      await client.command('RCPT TO:<b@e.test>', 250);
      await client.data('Subject: x\r\n\r\nbody\r\n', 250);
      assert.equal(seen[0]?.clientAddress, '127.0.0.6');
    } finally {
      haproxy.kill();
      await exited;
      await rm(directory, { recursive: true });
    }
  },
);
