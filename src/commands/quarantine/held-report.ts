import type { HeldSummary } from '../../quarantine/quarantine.ts';
import { printable, renderTable } from '../text-table.ts';

const subjectWidth = 60;

export function heldTable(messages: readonly HeldSummary[]): string {
  const rows = messages.map((held) => [
    held.id,
    held.heldAt.slice(0, 19),
    held.alias,
    held.scoreBits.toFixed(1),
    progressOf(held),
    held.subject.slice(0, subjectWidth),
  ]);
  return renderTable(
    [
      { heading: 'id' },
      { heading: 'held at (UTC)' },
      { heading: 'alias' },
      { heading: 'bits', align: 'right' },
      { heading: 'released' },
      { heading: 'subject' },
    ],
    rows,
  );
}

function progressOf({ envelope, deliveries }: HeldSummary): string {
  const delivered = deliveries.filter((delivery) => delivery.delivered).length;
  if (delivered === 0) return 'no';
  return delivered >= envelope.rcptTo.length ? 'yes' : `${delivered} of ${envelope.rcptTo.length}`;
}

/** Everybody it was sent to has it. */
export function isReleased({ envelope, deliveries }: HeldSummary): boolean {
  return deliveries.filter(({ delivered }) => delivered).length >= envelope.rcptTo.length;
}

export function heldText(held: HeldSummary): string {
  const { envelope, connection, deliveries } = held;
  const facts = [
    ['held at', held.heldAt],
    held.state === 'held' ? ['expires at', held.expiresAt] : [held.state, held.closedAt ?? ''],
    ['alias', held.alias],
    [
      'verdict',
      `${held.verdict}, ${held.scoreBits.toFixed(1)} bits${held.cause === '' ? '' : ` (${held.cause})`}`,
    ],
    ['why', held.reason],
    ...(held.campaign === '' ? [] : [['campaign', held.campaign]]),
    ['from', held.from],
    ['subject', held.subject],
    ['message id', held.messageId],
    ['size', `${held.sizeBytes} bytes`],
    ['client', `${connection.clientAddress} ${connection.clientHostname ?? ''}`.trim()],
    ['mail from', `<${envelope.mailFrom}>`],
    ...envelope.rcptTo.map((recipient) => [
      'recipient',
      `<${recipient}> ${replyTo(recipient, deliveries)}`,
    ]),
    ['ruleset', held.ruleset],
    ...(held.onlyUnder === ''
      ? []
      : [['only under', `${held.onlyUnder}: the rules before would not have held it`]]),
  ];
  return `${held.id}\n${facts.map(([name = '', text = '']) => `  ${name.padEnd(12)} ${printable(text)}\n`).join('')}`;
}

function replyTo(recipient: string, deliveries: HeldSummary['deliveries']): string {
  const delivery = deliveries.find((candidate) => candidate.recipient === recipient);
  return delivery === undefined
    ? 'held'
    : `${delivery.delivered ? 'delivered' : 'refused'} ${delivery.at}: ${delivery.reply}`;
}
