import { isUndoable } from '../../review/is-undoable.ts';
import type { Act, Effect, Target } from '../../review/review.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../command.ts';
import { printable, renderTable } from '../text-table.ts';

/** Prints what an act did; exit code 1 where it did not do all that was asked. */
export function reportAct(context: CommandContext, act: Act, json: boolean): void {
  if (json) printJson(context, act);
  else context.stdout.write(actText(act));
  for (const { message, detail } of act.effects.filter(isShort))
    context.stderr.write(`error: ${printable(`${message}: ${detail}`)}\n`);
  if (act.effects.some(isShort)) context.exit(exitCodes.failed);
}

/** Taking back what cannot wholly be taken back is no failure. */
function isShort({ outcome }: Effect): boolean {
  return outcome === 'refused' || outcome === 'missing';
}

function actText(act: Act): string {
  const { id, effects } = act;
  if (effects.length === 0) return `nothing to do (act ${id})\n`;
  const rows = effects.map(({ message, outcome, detail }) => [message, outcome, detail]);
  const table = renderTable(
    [{ heading: 'message' }, { heading: 'outcome' }, { heading: 'detail' }],
    rows,
  );
  const undo = isUndoable(act) ? `: \`aliaswatch quarantine undo ${id}\` takes it back` : '';
  return `${table}\nact ${id}${undo}\n`;
}

/** Acts as lines, newest first. */
export function actsTable(acts: readonly Act[]): string {
  return renderTable(
    [
      { heading: 'act' },
      { heading: 'at (UTC)' },
      { heading: 'what' },
      { heading: 'by' },
      { heading: 'subject' },
      { heading: 'effects', align: 'right' },
      { heading: 'undone by' },
      { heading: 'reason' },
    ],
    acts.map((act) => [
      act.id,
      act.at.slice(0, 19),
      act.kind,
      act.by.name,
      act.subject,
      String(act.effects.length),
      act.undoneBy ?? '-',
      act.reason,
    ]),
  );
}

/** Ids or `--campaign`, one of them. @throws CommandFailure for both and for none. */
export function targetOf(
  ids: readonly string[],
  campaign: string | undefined,
  command: string,
): Target {
  if (campaign !== undefined && ids.length === 0) return { campaign };
  const [first] = ids;
  if (campaign !== undefined || first === undefined)
    throw new CommandFailure(
      `give either ids of messages or --campaign, for example: ${command} --campaign 0c1d2e3f4a5b`,
      { exitCode: exitCodes.usage },
    );
  return ids.length === 1 ? { message: first } : { messages: ids };
}
