import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { after, before, describe, suite, test } from 'node:test';
import { openStore } from '../../src/baseline/open-store.ts';
import { defaultStoreLimits } from '../../src/baseline/store.ts';
import { checkCertificate } from '../../src/commands/doctor/check-certificate.ts';
import { checkClock, greetingDate } from '../../src/commands/doctor/check-clock.ts';
import { fileLimitFinding } from '../../src/commands/doctor/check-file-limit.ts';
import type { Finding } from '../../src/commands/doctor/finding.ts';
import { startZoneServer, type Zone } from '../../src/commands/demo/zone-server.ts';
import { formatHostPort } from '../../src/config/host-port.ts';
import { reply } from '../../src/smtp/reply.ts';
import { startSite } from '../end-to-end/site.ts';
import { skipWithoutPostfix, startPostfix, type Postfix } from '../support/postfix.ts';
import { startTestMilter } from '../support/test-milter.ts';
import { makeCertificate } from '../support/self-signed.ts';
import { freePort } from '../support/smtp-ports.ts';
import { allExtensions, SmtpRecorder, type Script } from '../support/smtp-recorder.ts';
import { vendorZone } from '../support/zone.ts';
import { openShell } from './shell.ts';

const shell = await openShell();
const anyPort = { host: '127.0.0.1', port: 0 };
const zone: Zone = vendorZone('microsoftonline.com');
const xclient = 'XCLIENT NAME ADDR PORT PROTO HELO';
const refuseRelay: Script = (line) =>
  line.startsWith('RCPT') ? '554 5.7.1 Relay access denied' : undefined;

type Diagnosis = {
  readonly code: number | null;
  readonly failed: readonly string[];
  readonly warned: readonly string[];
  readonly find: (name: string) => Finding;
};

const dns = await startZoneServer(zone, anyPort);
after(() => dns[Symbol.asyncDispose]());

async function diagnose(
  nextHop: { readonly host: string; readonly port: number },
  ...flags: readonly string[]
): Promise<Diagnosis> {
  const nobodyListens = `127.0.0.1:${await freePort()}`;
  const usual = [
    '--next-hop',
    formatHostPort(nextHop),
    '--dns',
    dns.address,
    '--listen',
    nobodyListens,
  ];
  const { code, json } = await shell.runJson(['doctor', ...usual, ...flags]);
  const checks = json['checks'] as readonly Finding[];
  for (const { name, status, message, advice } of checks) {
    assert.ok(message !== '', name);
    assert.equal(advice.length > 0, status !== 'ok', `${name} says what to change, or nothing`);
  }
  // How long a sync takes is the disk's, which other tests use as well.
  const isSlowDisk = ({ status, message }: Finding) =>
    status === 'warning' && / are synced in /.test(message);
  const named = (wanted: string) =>
    checks
      .filter((finding) => finding.status === wanted && !isSlowDisk(finding))
      .map(({ name }) => name);
  assert.equal(code, named('failed').length > 0 ? 1 : 0);
  return {
    code,
    failed: named('failed'),
    warned: named('warning'),
    find: (name) => {
      const found = checks.find((check) => check.name === name);
      assert.ok(found, `${name} among ${checks.map((check) => check.name).join(', ')}`);
      return found;
    },
  };
}

function assertFixForEveryMta({ advice }: Finding): void {
  for (const mta of ['Postfix', 'Exim', 'Exchange'])
    assert.ok(
      advice.some((line) => line.startsWith(`${mta}: `)),
      mta,
    );
}

suite('in front of a real Postfix', { skip: skipWithoutPostfix() }, () => {
  let mailbox: SmtpRecorder;
  let safe: Postfix;
  let trap: Postfix;
  const opened = new AsyncDisposableStack();

  before(async () => {
    mailbox = opened.use(await SmtpRecorder.start());
    safe = opened.use(await startPostfix(mailbox.address));
    trap = opened.use(
      await startPostfix(mailbox.address, [
        'mynetworks = 127.0.0.0/8',
        'smtpd_authorized_xclient_hosts =',
      ]),
    );
  });
  after(async () => {
    await opened.disposeAsync();
  });

  test('that judges the real clients all is well, and nothing is left behind', async () => {
    const { code, failed, warned, find } = await diagnose(safe);
    assert.deepEqual({ code, failed, warned }, { code: 0, failed: [], warned: [] });
    assert.match(find('next hop').message, /greets in .* ms: 220 mta\.test ESMTP/);
    assert.match(
      find('EHLO keywords').message,
      /^SIZE \d+, 8BITMIME, SMTPUTF8, DSN, PIPELINING, XCLIENT/,
    );
    assert.match(find('client identity').message, /XCLIENT is offered/);
    assert.match(
      find('open relay').message,
      /a stranger \(203\.0\.113\.25\) is refused .*554 5\.7\.1 .*Relay access denied/,
    );
    assert.deepEqual(await readdir(shell.directory), []);
    assert.deepEqual(mailbox.messages, []);
  });

  test('that trusts our address and cannot see the clients is an open relay', async () => {
    const { failed, warned, find } = await diagnose(trap);
    assert.deepEqual(failed, ['open relay']);
    assert.deepEqual(warned, ['client identity']);
    assertFixForEveryMta(find('open relay'));
    assertFixForEveryMta(find('client identity'));
    assert.match(
      find('open relay').advice[0] ?? '',
      /smtpd_authorized_xclient_hosts = 127\.0\.0\.1/,
    );
    assert.deepEqual(mailbox.messages, []);
  });

  test('the front hop that runs is tried as well', async () => {
    await using site = await startSite({ nextHop: trap });
    const { failed } = await diagnose(trap, '--listen', formatHostPort(site.server.smtp));
    assert.deepEqual(failed, ['open relay', 'open relay through us']);
  });

  test('that this machine may relay is worth knowing, and no failure', async () => {
    await using site = await startSite({ nextHop: safe });
    const { failed, warned, find } = await diagnose(
      safe,
      '--listen',
      formatHostPort(site.server.smtp),
    );
    assert.deepEqual({ failed, warned }, { failed: [], warned: ['open relay through us'] });
    assert.match(find('open relay through us').message, /for this machine, not for strangers/);
  });
});

describe('one thing is broken', () => {
  let nextHop: SmtpRecorder;
  before(async () => {
    nextHop = await SmtpRecorder.start(refuseRelay, [...allExtensions, xclient]);
  });
  after(() => nextHop[Symbol.asyncDispose]());

  test('nothing is', async () => {
    const { failed, warned } = await diagnose(nextHop.address);
    assert.deepEqual({ failed, warned }, { failed: [], warned: [] });
  });

  test('the next hop is down', async () => {
    const { failed, find } = await diagnose({ host: '127.0.0.1', port: await freePort() });
    assert.deepEqual(failed, ['next hop']);
    assert.match(find('next hop').advice[0] ?? '', /nothing listens there/);
  });

  test('the next hop refuses us in its greeting', async () => {
    await using refusing = await SmtpRecorder.start((line) =>
      line === '' ? '554 5.7.1 go away' : undefined,
    );
    const { failed, find } = await diagnose(refusing.address);
    assert.deepEqual(failed, ['next hop']);
    assert.match(find('next hop').message, /greets us with 554 5\.7\.1 go away/);
  });

  test('of two next hops one is down', async () => {
    const dead = `127.0.0.1:${await freePort()}`;
    const both = `${formatHostPort(nextHop.address)},${dead}`;
    const { failed } = await diagnose(nextHop.address, '--next-hop', both);
    assert.deepEqual(failed, [`next hop ${dead}`]);
  });

  test('XCLIENT is wanted and not offered', async () => {
    await using plain = await SmtpRecorder.start(refuseRelay);
    const { failed, warned } = await diagnose(plain.address, '--client-identity', 'xclient');
    assert.deepEqual(failed, ['client identity']);
    assert.deepEqual(warned, ['open relay'], 'there is no session to prove it in');
  });

  test('the next hop lacks keywords', async () => {
    await using old = await SmtpRecorder.start(refuseRelay, ['SIZE 20000', xclient]);
    const { warned, find } = await diagnose(old.address);
    assert.deepEqual(warned, ['EHLO keywords']);
    assert.match(
      find('EHLO keywords').message,
      /^SIZE 20000, XCLIENT; no 8BITMIME: .*; no SMTPUTF8: .*; no DSN: .* up to 3616 bytes$/,
    );
  });

  test('a store that is there is read, and neither it nor what lies beside it changes', async () => {
    const directory = shell.path('kept');
    await mkdir(directory);
    const store = `sqlite:${directory}/baselines.db`;
    const options = { limits: defaultStoreLimits, timeoutMs: 1000 };
    await (await openStore(store, options))[Symbol.asyncDispose]();
    const before = await readdir(directory);
    const { failed, find } = await diagnose(nextHop.address, '--store', store);
    assert.deepEqual(failed, []);
    assert.match(find('store').message, /answers in [\d.]+ ms \(median of 20\)$/);
    assert.deepEqual(await readdir(directory), before);
  });

  test('the store is down', async () => {
    const store = `redis://:secret@127.0.0.1:${await freePort()}`;
    const { failed, find } = await diagnose(nextHop.address, '--store', store);
    assert.deepEqual(failed, ['store']);
    assert.doesNotMatch(find('store').message, /secret/);
  });

  test('the store is something else', async () => {
    await writeFile(shell.path('notes.txt'), 'not a database, and long enough to be looked at');
    const { failed } = await diagnose(
      nextHop.address,
      '--store',
      `sqlite:${shell.path('notes.txt')}`,
    );
    assert.deepEqual(failed, ['store']);
  });

  test('the quarantine cannot be written', async () => {
    await mkdir(shell.path('other'), { recursive: true });
    await writeFile(shell.path('other/quarantine'), '');
    const { failed } = await diagnose(nextHop.address, '--state-dir', shell.path('other'));
    assert.deepEqual(failed, ['quarantine']);
  });

  const faults: readonly { readonly name: string; readonly zone: Zone; readonly says: RegExp }[] = [
    { name: 'hangs', zone: { 'microsoftonline.com': { fault: 'drop' } }, says: /ETIMEOUT/ },
    { name: 'fails', zone: { 'microsoftonline.com': { fault: 'servfail' } }, says: /ESERVFAIL/ },
    { name: 'knows nothing', zone: {}, says: /knows none of/ },
  ];
  for (const { name, zone: faulty, says } of faults) {
    test(`DNS ${name}`, async () => {
      await using server = await startZoneServer(faulty, anyPort);
      const { failed, find } = await diagnose(
        nextHop.address,
        ...['--dns', server.address, '--dns-timeout-ms', '300'],
      );
      assert.deepEqual(failed, ['DNS answer']);
      assert.match(find('DNS answer').message, says);
    });
  }

  test('DNS is not there at all', async () => {
    const { failed } = await diagnose(nextHop.address, '--dns', `127.0.0.1:${await freePort()}`);
    assert.deepEqual(failed, ['DNS answer', 'DNS absence']);
  });

  test('the rules have a mistake', async () => {
    await mkdir(shell.path('rules/aliases'), { recursive: true });
    const { failed, find } = await diagnose(nextHop.address, '--rules', shell.path('rules'));
    assert.deepEqual(failed, ['rules']);
    assert.match(find('rules').advice[0] ?? '', /aliaswatch rules check/);
  });

  test('too few files for so many sessions', async () => {
    const { failed, warned, find } = await diagnose(
      nextHop.address,
      '--max-sessions',
      '100000',
      '--max-message-bytes',
      '2000',
    );
    const { status, message } = find('open files');
    assert.match(message, /400000 needed for 100000 sessions|unlimited/);
    assert.deepEqual([...failed, ...warned], status === 'ok' ? [] : ['open files']);
  });
});

test('a next hop that says nothing is given up', async () => {
  // Never answers; the limit is what a person waits, so the test cuts it short by closing.
  const mute = createServer((socket) => setTimeout(() => socket.destroy(), 200));
  mute.listen(0, '127.0.0.1');
  await once(mute, 'listening');
  const { port } = mute.address() as AddressInfo;
  const { failed, find } = await diagnose({ host: '127.0.0.1', port });
  mute.close();
  assert.deepEqual(failed, ['next hop']);
  assert.match(find('next hop').message, /without a greeting/);
});

test('for people there is a table, and below it what to change', async () => {
  const dead = `127.0.0.1:${await freePort()}`;
  const { code, stdout, stderr } = await shell.run([
    ...['doctor', '--next-hop', dead, '--dns', dns.address, '--listen', '127.0.0.1:0'],
  ]);
  assert.equal(code, 1);
  assert.equal(stderr, '');
  assert.match(stdout, /^check +result +what was found\nDNS answer +ok +127\.0\.0\.1/);
  assert.match(stdout, /\nnext hop +FAILED +.*ECONNREFUSED/);
  assert.match(stdout, /\nWhat to change\n {2}next hop\n {4}nothing listens there/);
  assert.match(stdout, /\n1 failure, 0 warnings\n$/);
});

describe('milter', () => {
  const milterFinding = async (port: number): Promise<Finding | undefined> => {
    const flags = ['--milter-listen', `127.0.0.1:${port}`, '--dns', dns.address];
    const { json } = await shell.runJson(['doctor', ...flags]);
    const checks = json['checks'] as readonly Finding[];
    assert.equal(
      checks.find(({ name }) => name.startsWith('next hop')),
      undefined,
    );
    return checks.find(({ name }) => name === 'milter');
  };

  test('that runs answers', async () => {
    await using milter = await startTestMilter();
    const finding = await milterFinding(milter.address.port);
    assert.equal(finding?.status, 'ok');
    assert.match(finding.message, /^mail servers can ask on 127\.0\.0\.1:/);
  });

  test('that does not run yet is no failure', async () => {
    const finding = await milterFinding(await freePort());
    assert.equal(finding?.status, 'ok');
    assert.match(finding.message, /^nothing listens on .* yet/);
  });

  test('whose port something else has is one', async () => {
    await using other = await SmtpRecorder.start();
    const finding = await milterFinding(other.address.port);
    assert.equal(finding?.status, 'failed');
  });
});

test('without a next hop it is called wrongly', async () => {
  const { code, stderr } = await shell.run(['doctor']);
  assert.equal(code, 2);
  assert.match(stderr, /--next-hop: is missing/);
});

describe('certificate', () => {
  const dayMs = 86_400_000;
  const cases = [
    { name: 'valid', hostname: 'gateway.test', inDays: 0, status: 'warning', says: /in 0 days/ },
    { name: 'expired', hostname: 'gateway.test', inDays: 3, status: 'failed', says: /expired on/ },
    { name: 'future', hostname: 'gateway.test', inDays: -3, status: 'failed', says: /only from/ },
  ] as const;
  for (const { name, hostname, inDays, status, says } of cases) {
    test(name, async () => {
      const files = await makeCertificate(shell.directory, 'gateway.test');
      const settings = { tlsCertFile: files.certFile, tlsKeyFile: files.keyFile, hostname };
      const finding = await checkCertificate(settings, Date.now() + inDays * dayMs);
      assert.equal(finding?.status, status);
      assert.match(finding.message, says);
    });
  }
  test('a key that is not there', async () => {
    const finding = await checkCertificate(
      { tlsCertFile: '/nowhere.pem', tlsKeyFile: '/nowhere.pem', hostname: 'gateway.test' },
      Date.now(),
    );
    assert.equal(finding?.status, 'failed');
  });
});

describe('clock', () => {
  const before = { wallMs: Date.UTC(2026, 10, 22, 10), monotonicMs: 1000 };
  const after = { wallMs: before.wallMs + 1000, monotonicMs: 2000 };
  const greeted = (text: string) => ({
    greeting: reply(220, null, text),
    receivedAt: new Date(after.wallMs),
  });
  const cases = [
    { name: 'nothing to compare with', before, probes: [], status: 'ok' },
    {
      name: 'Exim agrees, in another time zone',
      before,
      probes: [greeted('mx ESMTP Exim 4.96 Sun, 22 Nov 2026 12:00:00 +0200')],
      status: 'ok',
    },
    {
      name: 'ten minutes apart',
      before,
      probes: [greeted('mx Microsoft ESMTP MAIL Service ready at Sun, 22 Nov 2026 10:10:00 +0000')],
      status: 'warning',
    },
    {
      name: 'a year apart',
      before,
      probes: [greeted('mx ESMTP Sendmail 8.17; Mon, 22 Nov 2027 10:00:00 GMT')],
      status: 'failed',
    },
    {
      name: 'it jumped',
      before: { ...before, wallMs: before.wallMs - 5000 },
      probes: [],
      status: 'warning',
    },
  ];
  for (const { name, before: earlier, probes, status } of cases)
    test(name, () => assert.equal(checkClock(earlier, after, probes).status, status));

  test('a clock that was never set', () => {
    const unset = { wallMs: 0, monotonicMs: 1000 };
    assert.equal(checkClock(unset, unset, []).status, 'failed');
  });
  test('a greeting without a date', () => {
    assert.equal(greetingDate('220 mta.test ESMTP Postfix (Debian/GNU)'), null);
  });
});

describe('file limit', () => {
  const limits = (soft: string) =>
    `Limit  Soft Limit  Hard Limit  Units\nMax open files   ${soft}   4096   files\n`;
  const cases = [
    { soft: '2000', status: 'ok' },
    { soft: 'unlimited', status: 'ok' },
    { soft: '1999', status: 'warning' },
    { soft: '999', status: 'failed' },
  ];
  for (const { soft, status } of cases)
    test(`${soft} for 500 sessions: ${status}`, () =>
      assert.equal(fileLimitFinding(limits(soft), 500).status, status));
  test('a system without /proc', () => assert.equal(fileLimitFinding('', 500).status, 'ok'));
});
