import { dayOf, hourOf } from '../../../src/baseline/ledger.ts';
import type { BaselineStore } from '../../../src/baseline/store.ts';
import {
  nameOfShared,
  organizationRequestOf,
  sharedValuesOf,
} from '../../../src/organization/request.ts';
import type { CauseTable } from '../../../src/score/causes.ts';
import { lookupsOf } from '../../../src/score/known-values.ts';
import { lessonOf } from '../../../src/score/lesson.ts';
import { scoreMessage } from '../../../src/score/score-message.ts';
import type { PickAlias } from './pick-alias.ts';
import type { StoreUnderTest } from './store-under-test.ts';
import type { VendorMail, VendorTraffic } from './vendor-traffic.ts';

export type Size = { readonly aliases: number; readonly messages: number };

/** A store, and the mail that makes it grow. */
export type GrowingState = Size & {
  readonly days: number;
  /** How many aliases have one ledger (`GrowthOptions.copies`). */
  readonly copies: number;
  readonly store: StoreUnderTest;
  readonly causes: CauseTable;
  readonly traffic: VendorTraffic;
  /** An alias of those that learn for themselves. */
  readonly pick: PickAlias;
};

const concurrency = 16;
const dayMs = 86_400_000;
const firstDayMs = new Date('2026-07-01T00:00:00Z').getTime();
const perStep = 5000;

/** How many aliases learn for themselves. */
export function originalsOf({ aliases, copies }: Size & Pick<GrowingState, 'copies'>): number {
  return Math.ceil(aliases / copies);
}

export function timeOf(day: number, shareOfDay: number): Date {
  return new Date(firstDayMs + Math.floor((day + shareOfDay) * dayMs));
}

/** Learns all messages of a state, evenly over its days. */
export async function grow(
  state: GrowingState,
  onProgress: (learned: number, of: number) => void,
): Promise<void> {
  const { aliases, copies, days, pick, store, traffic } = state;
  const messages = Math.ceil(state.messages / copies);
  for (let done = 0; done < messages; done += perStep) {
    const mail = Array.from({ length: Math.min(perStep, messages - done) }, (_, index) =>
      traffic.next(pick(), timeOf(0, ((done + index) * days) / messages)),
    );
    await learn(state, mail);
    onProgress(done + mail.length, messages);
  }
  const originals = originalsOf(state);
  await store.copyAliases(
    Array.from({ length: aliases - originals }, (_, index) => ({
      from: `vendor-${index % originals}`,
      to: `vendor-${index + originals}`,
    })),
  );
}

/** As many at once as a busy front hop has. */
export async function learn(
  state: Pick<GrowingState, 'store' | 'causes'>,
  mail: readonly VendorMail[],
  baselines: BaselineStore = state.store.baselines,
): Promise<void> {
  const waiting = mail.values();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (const message of waiting) await judgeAndLearn(message, state, baselines);
    }),
  );
  await state.store.organization.flush();
}

/** The calls that judge.ts, lessons.ts and organization-feed.ts make for a clean message of a watched alias. */
async function judgeAndLearn(
  { alias, at, features, domain }: VendorMail,
  { store: { organization }, causes }: Pick<GrowingState, 'store' | 'causes'>,
  baselines: BaselineStore,
): Promise<void> {
  const request = {
    alias,
    at,
    values: lookupsOf(features),
    signature: features.signatureHash,
    recipients: features.recipients.map(({ address }) => address),
    actor: features.actor,
    count: true,
  };
  const [observation, view] = await Promise.all([
    baselines.observe(request),
    organization.look(organizationRequestOf(features, request)),
  ]);
  const today = dayOf(at);
  const { score, readings } = scoreMessage({
    ...{ features, observation, organization: view, pack: null, causes, today },
    dayShare: (at.getTime() / dayMs) % 1,
  });
  const lesson = lessonOf({
    ...{ alias, day: today, hour: hourOf(at), transactionId: '', features, readings },
    ...{ scoreBits: score.bits, teaches: 'all', campaign: null, isCopy: false },
  });
  if (lesson !== null) await baselines.commit(lesson);
  organization.count({
    ...{ day: today, sender: domain, domains: [domain], correspondents: [domain], written: [] },
    carried: { alias, values: sharedValuesOf({ sightings: readings.fresh }).map(nameOfShared) },
  });
}
