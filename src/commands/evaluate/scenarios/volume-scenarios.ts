import { inOrder, postponed, recipientAt, within, type Background } from './background.ts';
import type { Delivery } from './delivery.ts';
import type { Scenario, Step } from './scenario.ts';

const hourMs = 3_600_000;
/** Messages within an hour that make a burst. */
const burst = 5;
const daysOfBursts = 120;
const season = { days: 14, times: 5 };

export const volumeScenarios: readonly Scenario[] = [
  {
    id: 'unchanged',
    title: 'nothing happens (14 days)',
    isAttack: false,
    steps: (background, from) => within(background, from, season.days).map(counted),
  },
  {
    id: 'bursts',
    title: `the alias's own bursts (${burst} and more within an hour, 120 days)`,
    isAttack: false,
    steps: (background, from) => {
      const deliveries = within(background, from, daysOfBursts);
      return deliveries.map((delivery, index) => ({
        delivery,
        isCounted: isInBurst(deliveries, index),
      }));
    },
  },
  {
    id: 'seasonal',
    title: 'five times the mail (14 days)',
    isAttack: false,
    steps: seasonalSteps,
  },
];

/** The message and those of the hour before it are a burst. */
function isInBurst(deliveries: readonly Delivery[], index: number): boolean {
  const at = deliveries[index]?.receivedAt.getTime() ?? 0;
  const first = deliveries[index - burst + 1]?.receivedAt.getTime();
  return first !== undefined && at - first <= hourMs;
}

/** Every message comes with four others like it, to other people, minutes apart. */
function seasonalSteps(background: Background, from: number): readonly Step[] {
  return inOrder(
    within(background, from, season.days).flatMap((delivery, index) =>
      Array.from({ length: season.times }, (_, copy) =>
        counted(copy === 0 ? delivery : anotherLike(delivery, index * season.times + copy, copy)),
      ),
    ),
  );
}

function anotherLike(delivery: Delivery, serial: number, copy: number): Delivery {
  const recipient = recipientAt(serial % 60);
  const later = postponed(delivery, copy * 7 * 60_000);
  return {
    ...later,
    id: `season ${serial} ${delivery.id}`,
    signatureHash: `season ${serial} ${delivery.id}`,
    recipients: [recipient],
    message: { ...later.message, addressees: [{ address: recipient, name: '' }] },
  };
}

export function counted(delivery: Delivery): Step {
  return { delivery, isCounted: true };
}
