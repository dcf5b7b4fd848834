import type { Act, Approval } from '../../review/review.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import { actsTable, reportAct, targetOf } from '../review/act-report.ts';
import { openDesk, type Desk } from '../review/open-desk.ts';
import type { SettingFlags } from '../setting-options.ts';
import { renderTable } from '../text-table.ts';

export type ActFlags = SettingFlags & { readonly reason?: string; readonly json?: boolean };
export type TargetFlags = ActFlags & { readonly campaign?: string };
export type ApproveFlags = ActFlags & {
  readonly alias?: string;
  readonly days?: number;
};
export type ListFlags = SettingFlags & {
  readonly limit?: number;
  readonly alias?: string;
  readonly json?: boolean;
};

const usualLimit = 50;

export async function deleteHeld(
  context: CommandContext,
  ids: readonly string[],
  { campaign, ...flags }: TargetFlags,
): Promise<void> {
  const target = targetOf(ids, campaign, 'quarantine delete');
  await actBy(context, flags, ({ review, by }, reason) => review.delete(target, by, reason));
}

export async function confirmAttack(
  context: CommandContext,
  ids: readonly string[],
  { campaign, ...flags }: TargetFlags,
): Promise<void> {
  const target = targetOf(ids, campaign, 'quarantine confirm');
  await actBy(context, flags, ({ review, by }, reason) => review.confirmAttack(target, by, reason));
}

export async function approveValue(
  context: CommandContext,
  [table, value]: readonly [table: string, value: string],
  { alias, days, ...flags }: ApproveFlags,
): Promise<void> {
  if (alias === undefined)
    throw new CommandFailure('name the alias that may carry it with --alias', {
      exitCode: exitCodes.usage,
    });
  const given = { alias, table, value, ...(days === undefined ? {} : { days }) };
  await actBy(context, flags, ({ review, by }, reason) => review.approveValue(given, by, reason));
}

export async function approveMessage(
  context: CommandContext,
  id: string,
  flags: ActFlags,
): Promise<void> {
  await actBy(context, flags, ({ review, by }, reason) => review.approveMessage(id, by, reason));
}

export async function undoAct(context: CommandContext, id: string, flags: ActFlags): Promise<void> {
  await actBy(context, flags, ({ review, by }, reason) => review.undo(id, by, reason));
}

async function actBy(
  context: CommandContext,
  { reason = '', json = false, ...flags }: ActFlags,
  act: (desk: Desk, reason: { readonly reason: string }) => Promise<Act>,
): Promise<void> {
  await using desk = await openDesk(context, await settingsFor(context, flags));
  reportAct(context, await act(desk, { reason }), json);
}

export async function listActs(
  context: CommandContext,
  { limit = usualLimit, json = false, ...flags }: ListFlags,
): Promise<void> {
  await using desk = await openDesk(context, await settingsFor(context, flags));
  const acts = await desk.review.acts({ limit });
  if (json) printJson(context, { acts });
  else context.stdout.write(acts.length === 0 ? 'nothing was decided yet\n' : actsTable(acts));
}

export async function listApprovals(
  context: CommandContext,
  { alias, json = false, ...flags }: ListFlags,
): Promise<void> {
  await using desk = await openDesk(context, await settingsFor(context, flags));
  const approvals = await desk.review.approvals(alias ?? null);
  if (json) printJson(context, { approvals });
  else if (approvals.length === 0) context.stdout.write('nothing is approved\n');
  else context.stdout.write(approvalsTable(approvals));
}

function approvalsTable(approvals: readonly Approval[]): string {
  return renderTable(
    [
      { heading: 'alias' },
      { heading: 'table' },
      { heading: 'value' },
      { heading: 'until' },
      { heading: 'by' },
      { heading: 'reason' },
    ],
    approvals.map((given) => [
      given.alias,
      given.table,
      given.value,
      given.expiresAt.slice(0, 10),
      given.by.name,
      given.reason,
    ]),
  );
}
