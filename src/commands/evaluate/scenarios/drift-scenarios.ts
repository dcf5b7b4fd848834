import { createRandom, type Random } from '../../demo/random.ts';
import { within, type Background } from './background.ts';
import type { Delivery } from './delivery.ts';
import {
  movedServers,
  otherLanguage,
  redesigned,
  renamed,
  withContentNetwork,
} from './drift-changes.ts';
import type { Scenario, Step } from './scenario.ts';
import { counted } from './volume-scenarios.ts';

const dayMs = 86_400_000;
const days = 14;

type Drift = {
  readonly id: string;
  readonly title: string;
  readonly change: (delivery: Delivery, address: string) => Delivery;
  /** Share of the mail that is changed, so many days after the change began. */
  readonly share: (day: number) => number;
};

const always = () => 1;

const drifts: readonly Drift[] = [
  { id: 'redesign', title: 'a new template, all at once', change: redesigned, share: always },
  {
    id: 'redesign-staged',
    title: 'a new template: 5 %, from day 5 a quarter, from day 10 all',
    change: redesigned,
    share: (day) => (day < 5 ? 0.05 : day < 10 ? 0.25 : 1),
  },
  { id: 'new-cdn', title: 'a new content network', change: withContentNetwork, share: always },
  {
    id: 'infrastructure-move',
    title: 'new network, header order and key',
    change: movedServers,
    share: always,
  },
  {
    id: 'new-language',
    title: 'a quarter of the mail in another language',
    change: otherLanguage,
    share: () => 0.25,
  },
  {
    id: 'rename',
    title: 'the vendor renames itself: name, links, bounces',
    change: renamed,
    share: always,
  },
];

/** What honest vendors do to us; counted are all messages of the 14 days after. */
export const driftScenarios: readonly Scenario[] = drifts.map((drift) => ({
  id: drift.id,
  title: drift.title,
  isAttack: false,
  steps: (background, from) => driftSteps(background, from, drift),
}));

function driftSteps(
  background: Background,
  from: number,
  { change, share }: Drift,
): readonly Step[] {
  const deliveries = within(background, from, days);
  const start = deliveries[0]?.receivedAt.getTime() ?? 0;
  const random: Random = createRandom(from);
  return deliveries.map((delivery) => {
    const day = (delivery.receivedAt.getTime() - start) / dayMs;
    return counted(
      random.chance(share(day)) ? change(delivery, background.stream.address) : delivery,
    );
  });
}
