import { changeThatBegan } from '../../activation/history-of-active.ts';
import { keptActivations, type Activation, type InForce } from '../../activation/rule-set-store.ts';
import { openLiveStore } from '../../live/open-live-store.ts';
import type { BreakerOrder } from '../../live/breaker-order.ts';
import type { ProcessStatus, StatusOpening } from '../../live/process-status.ts';
import { printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import { patientStoreTimeoutMs } from '../patient-store.ts';
import type { SettingFlags } from '../setting-options.ts';
import { budgetsToday, type BudgetsToday } from './budgets-today.ts';
import { countHeldOnlyUnder } from './give-back.ts';
import { statusText } from './status-text.ts';
import { readStoredRules } from './stored-rules.ts';

export type StatusFlags = SettingFlags & { readonly json?: boolean };

/** How rules and mail under them are, on all processes of a store. */
export type RulesStatus = {
  readonly inForce: InForce;
  /** How the set in force came to be that; null where nothing was activated, or nothing tells. */
  readonly since: Activation | null;
  readonly processes: readonly ProcessStatus[];
  readonly breaker: {
    readonly openings: readonly StatusOpening[];
    /** The last word of an operator or a process about all mail, the set in force and the candidate. */
    readonly orders: readonly BreakerOrder[];
  };
  /** Held only because of the rules in force, or the candidate. */
  readonly heldOnly: readonly {
    readonly ruleset: string;
    readonly previous: string | null;
    readonly messages: number;
  }[];
  readonly budgets: BudgetsToday;
  readonly heldLastHour: number;
  /** Of one process; null where one of them has no bound. */
  readonly maxHeldPerHour: number | null;
  /** Of all that run: each counts for itself. */
  readonly maxHeldPerHourTogether: number | null;
  readonly refusedReloads: number;
};

/** Shows what is in force, who follows, and how it is going. */
export async function showStatus(
  context: CommandContext,
  { json = false, ...flags }: StatusFlags,
): Promise<void> {
  const settings = await settingsFor(context, flags);
  await using rules = await readStoredRules(settings);
  await using live = await openLiveStore(settings.store, {
    timeoutMs: patientStoreTimeoutMs,
    readOnly: true,
  });
  const inForce = await rules.inForce();
  const since =
    inForce.active === null
      ? null
      : changeThatBegan(await rules.history(keptActivations), inForce.active);
  const [processes, orders] = await Promise.all([live.processes(), live.orders()]);
  const sets = [
    { ruleset: inForce.active, previous: since?.previous ?? null },
    { ruleset: inForce.candidate?.version ?? null, previous: inForce.active },
  ];
  const heldOnly = [];
  for (const { ruleset, previous } of sets) {
    if (ruleset === null) continue;
    const messages = await countHeldOnlyUnder(context, settings, [ruleset]);
    heldOnly.push({ ruleset, previous, messages });
  }
  const sum = (of: (status: ProcessStatus) => number) =>
    processes.reduce((total, status) => total + of(status), 0);
  const caps = processes.map(({ maxHeldPerHour }) => maxHeldPerHour ?? Infinity);
  const status: RulesStatus = {
    inForce,
    since,
    processes: processes.toSorted((left, right) => left.host.localeCompare(right.host)),
    breaker: {
      openings: openingsOf(processes),
      orders: orders.filter(
        ({ ruleset }) => ruleset === null || sets.some((set) => set.ruleset === ruleset),
      ),
    },
    heldOnly,
    budgets: budgetsToday(processes, new Date()),
    heldLastHour: sum((process) => process.heldLastHour),
    maxHeldPerHour: bound(Math.max(...caps)),
    maxHeldPerHourTogether: bound(caps.reduce((sum, cap) => sum + cap, 0)),
    refusedReloads: sum((process) => process.refusedReloads),
  };
  if (json) printJson(context, status);
  else context.stdout.write(statusText(status, new Date()));
}

function bound(most: number): number | null {
  return Number.isFinite(most) ? most : null;
}

/** Several processes may have seen the same; the first to see it counts. */
function openingsOf(processes: readonly ProcessStatus[]): readonly StatusOpening[] {
  const all = processes
    .flatMap(({ openings }) => openings)
    .sort((left, right) => left.since.localeCompare(right.since));
  const byCause = new Map(
    all.toReversed().map((open) => [`${open.cause} ${open.ruleset ?? ''}`, open]),
  );
  return [...byCause.values()];
}
