import { recipients } from './cast.ts';
import type { Host } from './sending-host.ts';

/** A mailbox elsewhere whose mail is forwarded to a second one behind the gateway. */
export const forwarder = {
  host: { name: 'out.alumni-mail.example', address: '127.40.1.5' } satisfies Host,
  mailFrom: 'forwarded@alumni-mail.example',
  /** Whose mail is forwarded, and to whom. */
  from: recipients[17]?.address ?? '',
  to: recipients[6]?.address ?? '',
  delaySeconds: 40,
} as const;

/** The signed message under the trace field that a forwarder adds (RFC 5321 §4.4). */
export function forwardedCopy(message: Buffer, at: Date): Buffer {
  const trace = `Received: from mx.alumni-mail.example by ${forwarder.host.name} with ESMTP; ${at.toUTCString().replace('GMT', '+0000')}\r\n`;
  return Buffer.concat([Buffer.from(trace), message]);
}
