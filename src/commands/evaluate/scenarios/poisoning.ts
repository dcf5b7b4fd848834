import { inject, type InjectionKind } from '../inject.ts';
import type { LureBank } from '../lures.ts';
import type { Share } from '../share.ts';
import { shareOf } from '../share.ts';
import { inOrder, within, type Background } from './background.ts';
import type { Delivery } from './delivery.ts';
import type { History } from './forks.ts';
import { poisonedDays, prize, type Poison } from './poison-plans.ts';
import type { Step } from './scenario.ts';

const dayMs = 86_400_000;
/** What was learned on the last of them has matured by then. */
const restDays = 3;
const probes = 20;

export const poisonedKinds = ['a', 'c', 'd'] as const satisfies readonly InjectionKind[];
type PoisonedKind = (typeof poisonedKinds)[number];

export type PoisonOutcome = {
  readonly poison: string;
  readonly title: string;
  readonly alias: string;
  readonly kind: PoisonedKind;
  /** What the attacker sent in 40 days, and what of it was flagged. */
  readonly sent: Share;
  readonly before: Share;
  readonly after: Share;
};

/** Whether 40 days of poison and some mail to probe with follow `from`. */
export function canBePoisoned(background: Background, from: number): boolean {
  return probesAfter(background, from).length >= probes / 2;
}

/** Recall of each kind with and without 40 days of poison, on the same honest messages with the same lure. */
export async function poison(
  background: Background,
  from: number,
  {
    history,
    bank,
    plans,
  }: { readonly history: History; readonly bank: LureBank; readonly plans: readonly Poison[] },
): Promise<readonly PoisonOutcome[]> {
  const outcomes: PoisonOutcome[] = [];
  const clean = await history.fork(async (play) => {
    for (const { delivery } of stepsOf(background, from, [])) await play.deliver(delivery);
    return probeAll(play, { background, from, bank });
  });
  for (const { id, title, ...plan } of plans) {
    for (const kind of poisonedKinds) {
      const poisoned = poisonedDeliveries(background, from, { plan, kind, bank });
      const { sent, after } = await history.fork(async (play) => {
        const flags = [];
        for (const { delivery, isCounted } of stepsOf(background, from, poisoned)) {
          const facts = await play.deliver(delivery);
          if (isCounted) flags.push(facts);
        }
        return { sent: shareOf(flags), after: await probeAll(play, { background, from, bank }) };
      });
      const alias = background.stream.address;
      outcomes.push({
        poison: id,
        title,
        alias,
        kind,
        sent,
        before: clean[kind],
        after: after[kind],
      });
    }
  }
  return outcomes;
}

type Probing = { readonly background: Background; readonly from: number; readonly bank: LureBank };

async function probeAll(
  { probe }: Parameters<Parameters<History['fork']>[0]>[0],
  { background, from, bank }: Probing,
): Promise<Readonly<Record<PoisonedKind, Share>>> {
  const shareFor = async (kind: PoisonedKind) => {
    const facts = [];
    for (const delivery of probesAfter(background, from))
      facts.push(await probe(withLure(delivery, kind, { bank, index: prize })));
    return shareOf(facts);
  };
  return { a: await shareFor('a'), c: await shareFor('c'), d: await shareFor('d') };
}

function probesAfter(background: Background, from: number): readonly Delivery[] {
  const start = background.deliveries[from]?.receivedAt.getTime() ?? 0;
  const end = start + (poisonedDays + restDays) * dayMs;
  return background.deliveries
    .filter(({ receivedAt }) => receivedAt.getTime() >= end)
    .slice(0, probes);
}

function stepsOf(
  background: Background,
  from: number,
  poisoned: readonly Delivery[],
): readonly Step[] {
  const honest = within(background, from, poisonedDays + restDays);
  return inOrder([
    ...honest.map((delivery) => ({ delivery, isCounted: false })),
    ...poisoned.map((delivery) => ({ delivery, isCounted: true })),
  ]);
}

/** Genuine messages of the alias, newest first, whose slot the attacker fills. */
function poisonedDeliveries(
  background: Background,
  from: number,
  {
    plan,
    kind,
    bank,
  }: {
    readonly plan: Omit<Poison, 'id' | 'title'>;
    readonly kind: PoisonedKind;
    readonly bank: LureBank;
  },
): readonly Delivery[] {
  const start = background.deliveries[from]?.receivedAt.getTime() ?? 0;
  let serial = 0;
  return Array.from({ length: poisonedDays }, (_, day) => day).flatMap((day) =>
    Array.from({ length: plan.messages(day) }, (_, place) => {
      const template = background.deliveries[from - 1 - (serial % 5)] ?? background.deliveries[0];
      if (!template) return [];
      const receivedAt = new Date(start + day * dayMs + (place + 1) * 20 * 60_000);
      const recipients = plan.recipients(serial);
      const id = `poison ${serial} ${template.id}`;
      const delivery = {
        ...template,
        id,
        receivedAt,
        recipients,
        signatureHash: id,
        signedAt: new Date(receivedAt.getTime() - 5000),
        message: {
          ...template.message,
          sentAtMs: receivedAt.getTime() - 5000,
          addressees: recipients.map((address) => ({ address, name: '' })),
        },
      };
      return [withLure(delivery, kind, { bank, index: plan.lure(serial++) })];
    }).flat(),
  );
}

function withLure(
  delivery: Delivery,
  kind: PoisonedKind,
  lure: { readonly bank: LureBank; readonly index: number },
): Delivery {
  return { ...delivery, message: inject(delivery.message, kind, lure) };
}
