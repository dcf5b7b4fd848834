import { stat } from 'node:fs/promises';
import { geteuid } from 'node:process';
import type { AuditRecord } from '../../audit/audit-log.ts';
import type { Settings } from '../../config/settings.ts';
import { openAuditLog } from '../audit/open-audit-log.ts';
import { CommandFailure, type CommandContext } from '../command.ts';
import { operatorOf } from '../operator-name.ts';

/**
 * Puts on record what an operator did to the state as a whole, once it is done. Whom the state does not belong to is told
 * that it is not on record: files of root in it would keep `serve` from its own.
 * @throws CommandFailure where it cannot be recorded.
 */
export async function recordAct(
  context: CommandContext,
  settings: Settings,
  { act, facts }: Pick<AuditRecord, 'act' | 'facts'>,
): Promise<void> {
  const { uid } = await stat(settings.stateDir);
  if (uid !== geteuid?.()) {
    context.stderr.write(
      `warning: not put on record: ${settings.stateDir} belongs to user ${uid}; run this as that user\n`,
    );
    return;
  }
  try {
    await using audit = await openAuditLog(context, settings);
    await audit.append({
      ...{ act, facts, subject: '', reason: '', personal: {} },
      actor: { kind: 'operator', name: operatorOf(context), via: 'command' },
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CommandFailure(`it is done, but could not be put on record: ${why}`, { cause });
  }
}
