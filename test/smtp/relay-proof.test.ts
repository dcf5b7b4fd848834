import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  defaultTimeouts,
  nextHopSettings,
  plainRoute,
  type NextHopSettings,
} from '../../src/smtp/next-hop-settings.ts';
import { proveRelayRefused, stranger } from '../../src/smtp/relay-proof.ts';
import { allExtensions, SmtpRecorder, type Script } from '../support/smtp-recorder.ts';

function settingsFor({ address }: SmtpRecorder): NextHopSettings {
  const [settings] = nextHopSettings(plainRoute(address, 'front.test'), defaultTimeouts);
  assert.ok(settings);
  return settings;
}

const never = (): AbortSignal => new AbortController().signal;
const answerTo =
  (verb: string, reply: string): Script =>
  (line) =>
    line.startsWith(verb) ? reply : undefined;

const cases: readonly {
  readonly name: string;
  readonly script: Script;
  readonly kind: 'refused' | 'accepted' | 'unproven';
}[] = [
  {
    name: 'Postfix',
    script: answerTo('RCPT', '554 5.7.1 <r@x>: Relay access denied'),
    kind: 'refused',
  },
  { name: 'Exim', script: answerTo('RCPT', '550 relay not permitted'), kind: 'refused' },
  {
    name: 'Exchange',
    script: answerTo('RCPT', '550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain'),
    kind: 'refused',
  },
  { name: 'OpenSMTPD', script: answerTo('RCPT', '550 Invalid recipient'), kind: 'refused' },
  { name: 'an open relay', script: () => undefined, kind: 'accepted' },
  { name: 'greylisting', script: answerTo('RCPT', '450 4.2.0 Greylisted'), kind: 'unproven' },
  {
    name: 'Postfix as it is installed (defer_unauth_destination)',
    script: answerTo('RCPT', '454 4.7.1 <relay-test@example.org>: Relay access denied'),
    kind: 'refused',
  },
  {
    name: 'greylisting that names the address alone',
    script: answerTo('RCPT', '450 4.2.0 <relay-test@example.org>: denied, try again'),
    kind: 'unproven',
  },
  {
    name: 'a refused sender in front of an open relay',
    script: (line, { commands }) =>
      line.startsWith('RCPT') &&
      commands.some((said) => said.startsWith('MAIL FROM:<relay-test')) &&
      !commands.includes('MAIL FROM:<>')
        ? '550 5.7.27 <relay-test@example.net>: Sender address rejected: nullMX'
        : undefined,
    kind: 'accepted',
  },
  {
    name: 'a refused recipient',
    script: answerTo('RCPT', '556 5.1.10 <relay-test@example.org>: Domain does not accept mail'),
    kind: 'unproven',
  },
  {
    name: 'a client without a name',
    script: answerTo('RCPT', '554 5.7.1 <unknown[203.0.113.25]>: Client host rejected'),
    kind: 'unproven',
  },
  { name: 'MAIL refused', script: answerTo('MAIL', '550 5.7.1 go away'), kind: 'unproven' },
  { name: 'lost at RCPT', script: answerTo('RCPT', 'drop'), kind: 'unproven' },
];

for (const { name, script, kind } of cases) {
  test(`${name}: ${kind}`, async () => {
    await using nextHop = await SmtpRecorder.start(script);
    const proof = await proveRelayRefused(settingsFor(nextHop), {
      connection: stranger,
      signal: never(),
    });
    assert.equal(proof.kind, kind, JSON.stringify(proof));
    const commands = nextHop.sessions.flatMap((session) => session.commands);
    assert.ok(!commands.includes('DATA'));
    assert.equal(
      commands.filter((line) => line.startsWith('RCPT')).length > 0,
      name !== 'MAIL refused',
    );
    if (kind === 'accepted') assert.equal(commands.at(-2), 'RSET', 'nothing stays open');
  });
}

test('is asked as a stranger where the next hop lets us', async () => {
  await using nextHop = await SmtpRecorder.start(
    answerTo('RCPT', '554 5.7.1 Relay access denied'),
    [...allExtensions, 'XCLIENT NAME ADDR PORT PROTO HELO'],
  );
  await proveRelayRefused(settingsFor(nextHop), { connection: stranger, signal: never() });
  assert.match(nextHop.sessions[0]?.commands[1] ?? '', /^XCLIENT .*ADDR=203\.0\.113\.25/);
});

test('is given up at once when asked to stop', async () => {
  const stopping = new AbortController();
  await using nextHop = await SmtpRecorder.start(answerTo('RCPT', 'silence'));
  const proof = proveRelayRefused(settingsFor(nextHop), {
    connection: stranger,
    signal: stopping.signal,
  });
  await nextHop.until(({ sessions }) =>
    sessions.some(({ commands }) => commands.at(-1)?.startsWith('RCPT') === true),
  );
  stopping.abort();
  assert.equal((await proof).kind, 'unproven');
});

test('a next hop that is down proves nothing', async () => {
  const nextHop = await SmtpRecorder.start();
  const settings = settingsFor(nextHop);
  await nextHop[Symbol.asyncDispose]();
  const proof = await proveRelayRefused(settings, { connection: stranger, signal: never() });
  assert.equal(proof.kind, 'unproven');
});
