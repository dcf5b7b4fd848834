import { decodedField, fieldBodies, parseHeaderBlock } from '../../message/header-block.ts';
import type { Quarantine } from '../../quarantine/quarantine.ts';
import type { DeliveredMail } from './recording-next-hop.ts';

/** What became of one mail, as its sender and the recipients' MTA saw it. */
export type Outcome = {
  readonly action: 'pass' | 'tag' | 'quarantine' | 'refused';
  readonly verdict: string;
  /** Null where nothing was scored. */
  readonly scoreBits: number | null;
  readonly reason: string;
  /** The gateway's reply to the sender. */
  readonly reply: string;
  /** Whether the MTA got our header fields and then exactly what was sent; null where it got nothing. */
  readonly identical: boolean | null;
};

/** Reads what a mail's recipient can read. */
export function relayedOutcome(sent: Buffer, { bytes }: DeliveredMail, reply: string): Outcome {
  const prefix = bytes.subarray(0, bytes.length - sent.length);
  const fields = parseHeaderBlock(prefix);
  const [verdict = '', ...parameters] = (
    fieldBodies(fields, 'x-aliaswatch-verdict')[0] ?? ''
  ).split('; ');
  const values = new Map(parameters.map((parameter) => splitAt(parameter, '=')));
  const score = values.get('score');
  return {
    action: values.get('action') === 'tag' ? 'tag' : 'pass',
    verdict,
    scoreBits: score === undefined ? null : Number(score),
    reason: decodedField(fields, 'x-aliaswatch-reason'),
    reply,
    identical: isOurs(prefix) && bytes.subarray(prefix.length).equals(sent),
  };
}

/** A reply that gives an id instead of the MTA's word: the message is in the quarantine. */
export async function heldOutcome(
  quarantine: Pick<Quarantine, 'find'>,
  reply: string,
): Promise<Outcome> {
  const id = /Held for review as (\w+)/.exec(reply)?.[1];
  const held = id === undefined ? null : await quarantine.find(id);
  return {
    action: held ? 'quarantine' : 'refused',
    verdict: held?.verdict ?? '',
    scoreBits: held?.scoreBits ?? null,
    reason: held?.reason ?? '',
    reply,
    identical: null,
  };
}

const ourFields = [
  'x-aliaswatch-verdict',
  'x-aliaswatch-reason',
  'authentication-results',
  'received',
];

/** Whole header fields, and none but those we write. */
function isOurs(prefix: Buffer): boolean {
  const text = prefix.toString('latin1');
  const names = text
    .replace(/\r\n[ \t]/g, ' ')
    .split('\r\n')
    .slice(0, -1)
    .map((line) => splitAt(line, ':')[0].toLowerCase());
  return text.endsWith('\r\n') && names.every((name) => ourFields.includes(name));
}

function splitAt(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
