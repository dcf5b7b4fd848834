import { inOrder, recipientAt, within, type Background } from './background.ts';
import type { Delivery } from './delivery.ts';
import type { Scenario, Step } from './scenario.ts';

const dayMs = 86_400_000;
const measuredDays = 14;
const daysToGetUsedTo = 21;
const sizes = [1, 5, 17] as const;

/** Every fourth message goes through an address elsewhere that sends it on to people here. */
export const forwardScenarios: readonly Scenario[] = sizes.flatMap((size) => {
  const whom = size === 1 ? 'one recipient' : `${size} recipients`;
  return [
    {
      id: `forward-new-${size}`,
      title: `a forwarder never seen before, to ${whom} (14 days)`,
      isAttack: false,
      steps: (background, from) => forwardSteps(background, from, { size, sinceDays: 0 }),
    },
    {
      id: `forward-established-${size}`,
      title: `a forwarder known for three weeks, to ${whom} (14 days)`,
      isAttack: false,
      steps: (background, from) =>
        forwardSteps(background, from, { size, sinceDays: daysToGetUsedTo }),
    },
  ] satisfies readonly Scenario[];
});

function forwardSteps(
  background: Background,
  from: number,
  { size, sinceDays }: { readonly size: number; readonly sinceDays: number },
): readonly Step[] {
  const deliveries = within(background, from, sinceDays + measuredDays);
  const start = (deliveries[0]?.receivedAt.getTime() ?? 0) + sinceDays * dayMs;
  return inOrder(
    deliveries.flatMap((delivery, index) =>
      index % 4 === 0
        ? Array.from({ length: size }, (_, place) => ({
            delivery: forwarded(delivery, place),
            isCounted: delivery.receivedAt.getTime() >= start,
          }))
        : [{ delivery, isCounted: false }],
    ),
  );
}

/** A freemail account that sends on: its own network, SRS, its own SPF; To names the address there. */
function forwarded(delivery: Delivery, place: number): Delivery {
  const [local = '', domain = ''] = delivery.mailFrom.split('@');
  return {
    ...delivery,
    id: `forward ${place} ${delivery.id}`,
    receivedAt: new Date(delivery.receivedAt.getTime() + 40_000 + place * 1000),
    recipients: [recipientAt(place)],
    clientAddress: '192.0.2.25',
    mailFrom: `SRS0=hHhH=TT=${domain}=${local}@forward.example.com`,
    spfDomain: 'forward.example.com',
    message: {
      ...delivery.message,
      addressees: [{ address: 'office@forward.example.com', name: '' }],
    },
  };
}
