import type { Settings } from './config/settings.ts';
import type { Notices } from './notices-in-background.ts';
import type { Events } from './observability/events.ts';
import { pause } from './pause.ts';
import { sweep, type SweepOptions } from './quarantine/sweep.ts';
import type { Act, Review, Reviewer } from './review/review.ts';

export type SweepStart = Pick<SweepOptions, 'now'> & {
  readonly quarantine: SweepOptions['quarantine'];
  readonly settings: Pick<
    Settings,
    'hostname' | 'quarantineDays' | 'quarantineExpiry' | 'quarantineBinDays'
  >;
  readonly review: Pick<Review, 'release' | 'delete' | 'campaign'>;
  readonly notices: Pick<Notices, 'onExpiring'>;
  readonly events: Pick<Events, 'quarantineSwept' | 'quarantineSweepFailed'>;
  /** Before the first sweep, and between two. */
  readonly firstMs?: number;
  readonly everyMs?: number;
};

/** Whoever is told of what expires has so long to decide about it. */
export const expiryNoticeDays = 3;
const usualFirstMs = 1000;
const usualEveryMs = 3_600_000;

/** Puts the quarantine in order now and then, and expires what was held long enough, for as long as it is not disposed of. */
export function sweepInBackground(start: SweepStart): AsyncDisposable {
  const { events, firstMs = usualFirstMs, everyMs = usualEveryMs } = start;
  const stop = new AbortController();
  const { signal } = stop;
  const run = async () => {
    for (let waitMs = firstMs; await pause(waitMs, signal); waitMs = everyMs) {
      try {
        const swept = await sweep(sweepOptions(start, signal));
        if (swept !== null) events.quarantineSwept(swept);
      } catch (error) {
        events.quarantineSweepFailed(error);
      }
    }
  };
  const running = run();
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

function sweepOptions(
  { quarantine, settings, review, notices, now }: SweepStart,
  signal: AbortSignal,
): SweepOptions {
  const { hostname, quarantineDays, quarantineExpiry, quarantineBinDays } = settings;
  const by: Reviewer = { kind: 'proxy', name: hostname, via: 'schedule' };
  const how = { reason: `held for ${quarantineDays} days` };
  const intoBin = async (id: string) => assertDone(await review.delete({ message: id }, by, how));
  return {
    quarantine,
    expiry: () => quarantineExpiry,
    releaseExpired: async (id) => {
      // Somebody has said that it is an attack: time does not make it honest.
      if (await isConfirmedAttack(id, { quarantine, review })) {
        await intoBin(id);
        return 'binned';
      }
      assertDone(await review.release({ message: id }, by, how));
      return 'released';
    },
    deleteExpired: intoBin,
    onExpiring: notices.onExpiring,
    noticeDays: expiryNoticeDays,
    binDays: quarantineBinDays,
    now,
    signal,
  };
}

async function isConfirmedAttack(
  id: string,
  { quarantine, review }: Pick<SweepStart, 'quarantine' | 'review'>,
): Promise<boolean> {
  const { campaign = '' } = (await quarantine.find(id)) ?? {};
  return campaign !== '' && (await review.campaign(campaign))?.summary.confirmed === true;
}

/** @throws Error with the reason of the first message that it was not done to. */
function assertDone({ effects }: Act): void {
  const failed = effects.find(({ outcome }) => outcome !== 'done' && outcome !== 'already');
  if (failed !== undefined) throw new Error(`${failed.message}: ${failed.detail}`);
}
