import { fnv1a } from '../../../baseline/value-record.ts';
import { domainOf } from '../../../message/mailbox.ts';
import type { Message } from '../../../message/message.ts';

/** One message on its way to us: what a scenario invents, alike for honest mail and attacks. */
export type Delivery = {
  readonly id: string;
  readonly message: Message;
  readonly receivedAt: Date;
  readonly recipients: readonly string[];
  readonly clientAddress: string;
  readonly mailFrom: string;
  /** Domain that SPF passes for. */
  readonly spfDomain: string;
  readonly selector: string;
  readonly signatureHash: string;
  readonly signedAt: Date;
};

const secondsOnTheWay = 5;

/** Honest mail of an alias: its own network, bounce address and key, named recipient, signed seconds ago. */
export function honestDelivery(
  message: Message,
  {
    address,
    recipient,
    receivedAt,
    id,
  }: {
    readonly address: string;
    readonly recipient: string;
    readonly receivedAt: Date;
    readonly id: string;
  },
): Delivery {
  const signedAt = new Date(receivedAt.getTime() - secondsOnTheWay * 1000);
  const domain = domainOf(address);
  return {
    id,
    message: addressedTo(message, recipient, signedAt),
    receivedAt,
    recipients: [recipient],
    clientAddress: networkAddressOf(address),
    mailFrom: `bounce@${domain}`,
    spfDomain: domain,
    selector: 's1',
    signatureHash: id,
    signedAt,
  };
}

function addressedTo(message: Message, recipient: string, sentAt: Date): Message {
  return {
    ...message,
    addressees: [{ address: recipient, name: '' }],
    sentAtMs: sentAt.getTime(),
  };
}

/** A stable address per alias out of the block for benchmarks (RFC 2544: 198.18.0.0/15). */
export function networkAddressOf(name: string): string {
  const hash = fnv1a(name);
  return `198.${18 + (hash % 2)}.${(hash >>> 1) % 256}.${1 + ((hash >>> 9) % 250)}`;
}
