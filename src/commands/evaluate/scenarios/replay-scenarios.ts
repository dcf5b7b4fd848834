import { inOrder, recipientAt, within, type Background } from './background.ts';
import type { Delivery } from './delivery.ts';
import type { Scenario, Step } from './scenario.ts';

const hourMs = 3_600_000;
const copies = 100;

/** One genuine signed message, sent on unchanged by somebody else (RFC 6376 §8.6). */
export const replayScenarios: readonly Scenario[] = [
  {
    id: 'replay-burst',
    title: 'one signed message to 100 recipients within half an hour',
    isAttack: true,
    steps: (background, from) =>
      replaySteps(background, from, (copy) => 6 * hourMs + copy * 18_000),
  },
  {
    id: 'replay-drip',
    title: 'one signed message to 100 recipients, ten a day',
    isAttack: true,
    steps: (background, from) =>
      replaySteps(background, from, (copy) => 6 * hourMs + copy * 2.4 * hourMs),
  },
];

function replaySteps(
  background: Background,
  from: number,
  delayMs: (copy: number) => number,
): readonly Step[] {
  const original = background.deliveries[from];
  if (!original) return [];
  const lastDays = Math.ceil(delayMs(copies) / (24 * hourMs));
  return inOrder([
    ...within(background, from, lastDays).map((delivery) => ({ delivery, isCounted: false })),
    ...Array.from({ length: copies }, (_, copy) => ({
      delivery: replayed(original, copy, delayMs(copy)),
      isCounted: true,
    })),
  ]);
}

/** From the replayer's own server and bounce address, which pass SPF; the signed bytes are untouched. */
function replayed(original: Delivery, copy: number, delayMs: number): Delivery {
  return {
    ...original,
    id: `replay ${copy} ${original.id}`,
    receivedAt: new Date(original.receivedAt.getTime() + delayMs),
    recipients: [recipientAt(1000 + copy)],
    clientAddress: '203.0.113.77',
    mailFrom: 'campaign@bulk-sender.example.net',
    spfDomain: 'bulk-sender.example.net',
  };
}
