import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../src/commands/demo/random.ts';
import type { HostAndPort } from '../../src/smtp/next-hop-settings.ts';
import { SmtpDialogue } from '../support/smtp-dialogue.ts';
import type { Ledger, Outcome } from './ledger.ts';
import type { Mail } from './mail.ts';

/** Where a client hangs up without a word. */
export const leavingPoints = [
  'connected',
  'EHLO',
  'MAIL',
  'RCPT',
  'DATA',
  'half the message',
  'the final dot',
] as const;
export type LeavingPoint = (typeof leavingPoints)[number];

export type Sending = {
  readonly to: HostAndPort;
  readonly ledger: Ledger;
  readonly random: Random;
  /** How often a client hangs up somewhere. */
  readonly leaving: number;
};

const replyTimeoutMs = 4000;
const retryMs = 150;
const maxAttempts = 400;

/**
 * Sends one message as a queue does: again after anything but 2yz and 5yz, in a new session.
 * @throws when it could not get rid of it in 400 tries.
 */
export async function sendUntilDone(message: string, mail: Mail, sending: Sending): Promise<void> {
  const { ledger, random, leaving } = sending;
  for (let number = 1; number <= maxAttempts; number++) {
    const attempt = { message, number };
    const leaveAt = random.chance(leaving) ? random.pick(leavingPoints) : null;
    const wire = await mail.wire(attempt);
    const outcome = await tryOnce(sending.to, {
      sender: mail.sender,
      wire,
      leaveAt,
      leaveAfterDotMs: random.below(30),
    });
    ledger.told(attempt, outcome);
    if (outcome === 'taken' || outcome === 'refused') return;
    await delay(retryMs + random.below(retryMs));
  }
  throw new Error(`${message} was not taken in ${maxAttempts} tries`);
}

type Try = {
  readonly sender: string;
  readonly wire: Buffer;
  readonly leaveAt: LeavingPoint | null;
  readonly leaveAfterDotMs: number;
};

async function tryOnce(
  to: HostAndPort,
  { sender, wire, leaveAt, leaveAfterDotMs }: Try,
): Promise<Outcome> {
  let dotSent = false;
  try {
    await using client = await SmtpDialogue.open(to);
    client.socket.setTimeout(replyTimeoutMs, () => client.socket.destroy());
    if (leaveAt === 'connected') return 'unsent';
    const ask = async (line: string | Buffer | null): Promise<string> => {
      if (line !== null) client.send(line);
      return (await client.expectAny())[0] ?? '';
    };
    const steps = [
      [null, 'connected'],
      ['EHLO client.test', 'EHLO'],
      [`MAIL FROM:<${sender}>`, 'MAIL'],
      ['RCPT TO:<jo@example.test>', 'RCPT'],
      ['DATA', 'DATA'],
    ] as const;
    for (const [line, point] of steps) {
      const answer = await ask(line);
      if (/^5/.test(answer)) return 'refused';
      if (!/^[23]/.test(answer)) return 'deferred';
      if (leaveAt === point) return 'unsent';
    }
    if (leaveAt === 'half the message') {
      client.send(wire.subarray(0, wire.length / 2));
      return 'unsent';
    }
    dotSent = true;
    client.send(wire, '.');
    if (leaveAt === 'the final dot') {
      await delay(leaveAfterDotMs);
      return 'silence';
    }
    const answer = await client.expectAny();
    return outcomeOf(answer[0] ?? '');
  } catch {
    return dotSent ? 'silence' : 'unsent';
  }
}

function outcomeOf(answer: string): Outcome {
  if (answer.startsWith('2')) return 'taken';
  return answer.startsWith('5') ? 'refused' : 'deferred';
}
