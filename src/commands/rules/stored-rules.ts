import { mkdir } from 'node:fs/promises';
import { loadStored } from '../../activation/load-stored.ts';
import { openRuleSets } from '../../activation/open-rule-sets.ts';
import type { ChangedBy } from '../../activation/change-rules.ts';
import type { RuleSetStore } from '../../activation/rule-set-store.ts';
import { usableInForce } from '../../activation/usable-rules.ts';
import type { AuditRecord } from '../../audit/audit-log.ts';
import type { RuleSet } from '../../config/rule-set.ts';
import type { Settings } from '../../config/settings.ts';
import { openAuditLog } from '../audit/open-audit-log.ts';
import type { CommandContext } from '../command.ts';
import { rulesFor } from '../command-rules.ts';
import { patientStoreTimeoutMs } from '../patient-store.ts';
import { operatorOf } from '../operator-name.ts';

/** The rules of a gateway, which may be running. Where it never ran, there are none. */
export function readStoredRules({ store }: Pick<Settings, 'store'>): Promise<RuleSetStore> {
  return openRuleSets(store, { timeoutMs: patientStoreTimeoutMs, readOnly: true });
}

/** The same, to be changed; before the first start of a gateway as well. */
export async function openStoredRules({
  store,
  stateDir,
}: Pick<Settings, 'store' | 'stateDir'>): Promise<RuleSetStore> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  return openRuleSets(store, { timeoutMs: patientStoreTimeoutMs });
}

/** Who runs the command, for the history. */
export function changedBy(
  context: CommandContext,
  reason: string | undefined,
): Omit<ChangedBy, 'via'> {
  return { by: operatorOf(context), reason: reason ?? '', at: new Date() };
}

/**
 * What a gateway of the store judges by, or would at its next start; before its first one that is what the rules
 * directory holds.
 */
export async function rulesInForce(context: CommandContext, settings: Settings): Promise<RuleSet> {
  await using store = await readStoredRules(settings);
  const state = await store.inForce();
  if (state.active === null) return await rulesFor(settings);
  const { rules, trouble } = await usableInForce(store, loadStored(store), state);
  const instead = rules === null ? `the rules in ${settings.rulesDir}` : `rules ${rules.version}`;
  if (trouble !== null) context.stderr.write(`warning: ${instead} are taken instead: ${trouble}\n`);
  return rules ?? (await rulesFor(settings));
}

/** Puts on record what has taken effect: that stays so, whether it can be written down or not. */
export async function recordDone(
  context: CommandContext,
  settings: Settings,
  what: Parameters<typeof recordRulesAct>[2],
): Promise<void> {
  await recordRulesAct(context, settings, what).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    context.stderr.write(
      `warning: it has taken effect, and is not on record in the audit log: ${why}\n`,
    );
  });
}

/** Puts on record what an operator did to the rules. */
export async function recordRulesAct(
  context: CommandContext,
  settings: Settings,
  what: Pick<AuditRecord, 'act' | 'subject' | 'reason' | 'facts'>,
): Promise<void> {
  await using audit = await openAuditLog(context, settings);
  await audit.append({
    ...what,
    actor: { kind: 'operator', name: operatorOf(context), via: 'command' },
    personal: {},
  });
}
