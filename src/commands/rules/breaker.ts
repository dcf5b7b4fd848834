import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { openLiveStore } from '../../live/open-live-store.ts';
import type { BreakerOrder } from '../../live/breaker-order.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import { patientStoreTimeoutMs } from '../patient-store.ts';
import { operatorOf } from '../operator-name.ts';
import type { SettingFlags } from '../setting-options.ts';
import { readStoredRules, recordDone } from './stored-rules.ts';

export type BreakerFlags = SettingFlags & { readonly reason?: string; readonly json?: boolean };

/** Opens or closes the breaker on every process of the store, within a second. */
export async function orderBreaker(
  context: CommandContext,
  state: BreakerOrder['state'],
  { reason = '', json = false, ...flags }: BreakerFlags,
): Promise<void> {
  if (state === 'open' && reason.trim() === '')
    throw new CommandFailure('say why with --reason: until it is closed, nothing is held', {
      exitCode: exitCodes.usage,
    });
  const settings = await settingsFor(context, flags);
  await using rules = await readStoredRules(settings);
  const { active, candidate } = await rules.inForce();
  const inForce = [active, candidate?.version ?? null].filter((version) => version !== null);
  await mkdir(settings.stateDir, { recursive: true, mode: 0o700 });
  await using live = await openLiveStore(settings.store, { timeoutMs: patientStoreTimeoutMs });
  // Who closes it trusts what is in force now; opened by hand it is open for all mail.
  const rulesets = state === 'closed' ? inForce : [];
  const said = { state, cause: 'hand', reason, by: operatorOf(context) } as const;
  const at = new Date().toISOString();
  await live.give(
    [null, ...rulesets].map((ruleset): BreakerOrder => ({
      ...{ id: randomBytes(8).toString('hex'), ...said, ruleset, at },
    })),
  );
  await recordDone(context, settings, {
    act: state === 'open' ? 'breaker-opened' : 'breaker-closed',
    subject: '',
    reason,
    facts: { cause: 'hand', rulesets: rulesets.join(' ') },
  });
  const processes = (await live.processes()).length;
  if (json) printJson(context, { ...said, rulesets, at, processes });
  else context.stdout.write(`${words[state]}, on ${processes} running processes within a second\n`);
}

const words = {
  open: 'the breaker is open: mail is only tagged and nothing is learned until `aliaswatch rules breaker close`',
  closed: 'the breaker is closed, and does not open again for the rules that are in force now',
} as const;
