import type { AuditRecord } from '../../audit/audit-log.ts';
import type { Settings } from '../../config/settings.ts';
import { openAuditLog } from '../audit/open-audit-log.ts';
import type { CommandContext } from '../command.ts';
import { operatorOf } from '../operator-name.ts';

/** Puts on record what an operator did to the state as a whole. */
export async function recordAct(
  context: CommandContext,
  settings: Settings,
  { act, facts }: Pick<AuditRecord, 'act' | 'facts'>,
): Promise<void> {
  await using audit = await openAuditLog(context, settings);
  await audit.append({
    ...{ act, facts, subject: '', reason: '', personal: {} },
    actor: { kind: 'operator', name: operatorOf(context), via: 'command' },
  });
}
