import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { connect as startTls, type TLSSocket } from 'node:tls';
import { readFile } from 'node:fs/promises';
import { plainRoute, type NextHopTls } from '../../src/smtp/next-hop-settings.ts';
import { requireInstalled } from '../support/installed.ts';
import { makeCertificate } from '../support/self-signed.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import { deliverWithPrefix, startTestFrontHop } from '../support/smtp-front-hop.ts';
import { SmtpRecorder } from '../support/smtp-recorder.ts';

const message = 'Subject: x\r\n\r\nbody\r\n';
type Files = { readonly certFile: string; readonly keyFile: string };

suite('STARTTLS', { skip: requireInstalled('openssl', 'openssl') }, () => {
  let directory = '';
  let mx: Files;
  let other: Files;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'aliaswatch-tls-'));
    mx = await makeCertificate(directory, 'mx.test');
    other = await makeCertificate(directory, 'other.test');
  });
  after(() => rm(directory, { recursive: true }));

  test('what was said before it counts no more, and what came with it is dropped', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, {
      certificate: mx,
    });
    await using client = await SmtpDialogue.open(frontHop.address);
    const raw = new RawClient(client.socket);
    await client.expect(220);
    assert.match((await client.command('EHLO before.test', 250)).join(), /STARTTLS/);
    await client.command('MAIL FROM:<before@s.test>', 250);
    // The injection of CVE-2011-0411: commands in the segment of STARTTLS must not run inside TLS.
    client.send('STARTTLS', 'RSET', 'MAIL FROM:<injected@s.test>');
    await client.expect(220);
    const secure = await raw.secure('mx.test');
    assert.match(await secure.ask('RCPT TO:<b@e.test>'), /^503 /);
    assert.match(await secure.ask('MAIL FROM:<a@s.test>'), /^503 /); // EHLO first
    const keywords = await secure.ask('EHLO after.test');
    assert.doesNotMatch(keywords, /STARTTLS/);
    assert.match(await secure.ask('MAIL FROM:<a@s.test>'), /^250 /);
    assert.match(await secure.ask('RCPT TO:<b@e.test>'), /^250 /);
    assert.match(await secure.ask('DATA'), /^354 /);
    assert.match(await secure.ask(`${message}.`), /^250 /);
    secure.socket.destroy();
    const said = recorder.mailSessions.flatMap(({ commands }) => commands).join('\n');
    assert.doesNotMatch(said, /injected/);
    assert.equal(recorder.messages.length, 1);
  });

  test('a renewed certificate is used without a restart, a broken one is not', async () => {
    const files = { certFile: join(directory, 'live.crt'), keyFile: join(directory, 'live.key') };
    const install = async ({ certFile, keyFile }: Files): Promise<void> => {
      await copyFile(keyFile, files.keyFile);
      await copyFile(certFile, files.certFile);
    };
    await install(mx);
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, {
      certificate: { ...files, everyMs: 10 },
    });
    const nameShown = async (): Promise<string> => {
      await using client = await SmtpDialogue.greeted(frontHop.address);
      await client.command('STARTTLS', 220);
      const { socket } = await new RawClient(client.socket).secure('mx.test');
      const name = String(socket.getPeerCertificate().subject.CN);
      socket.destroy();
      return name;
    };
    assert.equal(await nameShown(), 'mx.test');
    await install(other);
    while ((await nameShown()) !== 'other.test');
    const before = frontHop.errors.length;
    await writeFile(files.certFile, 'no certificate');
    while (frontHop.errors.length === before) await new Promise((r) => setImmediate(r));
    assert.match(frontHop.errors.at(-1)!.message, /cannot be used/);
    assert.equal(await nameShown(), 'other.test');
  });

  test('stopping in the middle of a handshake', async () => {
    await using recorder = await SmtpRecorder.start();
    const frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, {
      certificate: mx,
      drainMs: 50,
    });
    await using client = await SmtpDialogue.greeted(frontHop.address);
    await client.command('STARTTLS', 220);
    await frontHop[Symbol.asyncDispose]();
    await client.expectClose();
  });

  test('no certificate, no STARTTLS', async () => {
    await using recorder = await SmtpRecorder.start();
    await using frontHop = await startTestFrontHop(recorder.address);
    await using client = await SmtpDialogue.open(frontHop.address);
    await client.expect(220);
    assert.doesNotMatch((await client.command('EHLO c.test', 250)).join(), /STARTTLS/);
    await client.command('STARTTLS', 500);
  });

  test('a key that is not the certificate’s stops the start', async () => {
    await using recorder = await SmtpRecorder.start();
    const certificate = { certFile: mx.certFile, keyFile: other.keyFile };
    await assert.rejects(
      startTestFrontHop(recorder.address, deliverWithPrefix, { certificate }),
      /cannot be used/,
    );
  });

  test('to the next hop: what each setting accepts', async () => {
    await using recorder = await SmtpRecorder.start();
    await using inner = await startTestFrontHop(recorder.address, deliverWithPrefix, {
      certificate: mx,
    });
    await using plain = await startTestFrontHop(recorder.address);
    const ca = await readFile(mx.certFile, 'utf8');
    const cases: readonly { tls: NextHopTls; to: typeof inner; code: number }[] = [
      { tls: { kind: 'none' }, to: inner, code: 250 },
      { tls: { kind: 'opportunistic' }, to: inner, code: 250 },
      { tls: { kind: 'opportunistic' }, to: plain, code: 250 },
      { tls: { kind: 'required' }, to: inner, code: 250 },
      { tls: { kind: 'required' }, to: plain, code: 451 },
      { tls: { kind: 'verified', ca, name: 'mx.test' }, to: inner, code: 250 },
      { tls: { kind: 'verified', ca, name: null }, to: inner, code: 250 }, // by its address
      { tls: { kind: 'verified', ca, name: 'another.test' }, to: inner, code: 451 },
      { tls: { kind: 'verified', ca: null, name: 'mx.test' }, to: inner, code: 451 },
      { tls: { kind: 'verified', ca, name: 'mx.test' }, to: plain, code: 451 },
    ];
    for (const { tls, to, code } of cases) {
      const route = { ...plainRoute(to.address, 'front.test'), tls };
      await using frontHop = await startTestFrontHop(to.address, deliverWithPrefix, { route });
      await using client = await SmtpDialogue.greeted(frontHop.address);
      const answer = (await client.command('MAIL FROM:<a@s.test>', code)).join();
      assert.ok(answer, JSON.stringify(tls));
    }
  });

  test('broken TLS at the next hop: opportunistic goes on in plain text, required does not', async () => {
    for (const [kind, code] of [
      ['opportunistic', 250],
      ['required', 451],
    ] as const) {
      await using recorder = await SmtpRecorder.start(
        (line) => (line === 'STARTTLS' ? '220 go\r\ndrop' : undefined),
        ['STARTTLS'],
      );
      const route = { ...plainRoute(recorder.address, 'front.test'), tls: { kind } };
      await using frontHop = await startTestFrontHop(recorder.address, deliverWithPrefix, {
        route,
      });
      await using client = await SmtpDialogue.greeted(frontHop.address);
      await client.command('MAIL FROM:<a@s.test>', code);
    }
  });
});

/** Takes the socket of a dialogue over, because TLS is to read from it. */
class RawClient {
  readonly #socket: Socket;
  constructor(socket: Socket) {
    this.#socket = socket;
  }

  async secure(servername: string): Promise<SecureDialogue> {
    this.#socket.removeAllListeners('readable').removeAllListeners('data');
    const socket = startTls({ socket: this.#socket, servername, rejectUnauthorized: false });
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    return new SecureDialogue(socket);
  }
}

class SecureDialogue {
  readonly socket: TLSSocket;
  constructor(socket: TLSSocket) {
    this.socket = socket;
  }

  async ask(line: string): Promise<string> {
    this.socket.write(`${line}\r\n`);
    let answer = '';
    while (!/^\d{3}(?: .*)?\r\n$/m.test(answer))
      answer += String(((await once(this.socket, 'data')) as [Buffer])[0]);
    return answer;
  }
}
