import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { accessRecord } from '../../console/access/access.ts';
import {
  findOperator,
  operatorName,
  operatorsPath,
  readOperators,
  writeOperators,
  type Operator,
} from '../../console/access/operators.ts';
import { hashPassword } from '../../console/access/password.ts';
import type { Role } from '../../console/role.ts';
import type { Settings } from '../../config/settings.ts';
import { tryLockFile } from '../../file-lock.ts';
import { openAuditLog } from '../audit/open-audit-log.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import { operatorOf } from '../operator-name.ts';
import type { SettingFlags } from '../setting-options.ts';
import { renderTable } from '../text-table.ts';
import { readPassword } from './read-password.ts';

export type OperatorFlags = SettingFlags & { readonly json?: boolean };

type Changed = { readonly operators: readonly Operator[]; readonly name: string };

export async function addOperator(
  context: CommandContext,
  name: string,
  flags: OperatorFlags & { readonly role: Role },
): Promise<void> {
  const { success, error } = operatorName.safeParse(name);
  if (!success)
    throw new CommandFailure(`\`${name.slice(0, 70)}\` ${error.issues[0]?.message ?? ''}`, {
      exitCode: exitCodes.usage,
    });
  await change(context, flags, 'added', (operators, password) => {
    if (findOperator(operators, name))
      throw new CommandFailure(
        `there is an operator ${name} already: \`operator password\` gives a new password`,
      );
    return { operators: [...operators, { name, role: flags.role, password }], name };
  });
}

export async function removeOperator(
  context: CommandContext,
  name: string,
  flags: OperatorFlags,
): Promise<void> {
  await change(context, flags, 'removed', (operators) => {
    const gone = existing(operators, name);
    return { operators: operators.filter((one) => one !== gone), name: gone.name };
  });
}

/** A new password ends the operator's sessions. */
export async function changePassword(
  context: CommandContext,
  name: string,
  flags: OperatorFlags,
): Promise<void> {
  await change(context, flags, 'password changed', (operators, password) => {
    const before = existing(operators, name);
    const changed = operators.map((one) => (one === before ? { ...one, password } : one));
    return { operators: changed, name: before.name };
  });
}

export async function listOperators(context: CommandContext, flags: OperatorFlags): Promise<void> {
  const settings = await settingsFor(context, flags);
  const path = operatorsPath(settings);
  const operators = await operatorsOf(path);
  const shown = operators.map(({ name, role }) => ({ name, role }));
  if (flags.json) printJson(context, { operators: shown });
  else if (shown.length === 0) {
    const isOpen = settings.operatorsFile === null && !existsSync(path);
    const who = isOpen ? 'whoever is on this machine needs no login' : 'nobody can log in';
    context.stdout.write(`there is no operator: ${who}\n`);
  } else
    context.stdout.write(
      renderTable(
        [{ heading: 'name' }, { heading: 'role' }],
        shown.map(({ name, role }) => [name, role]),
      ),
    );
}

/** On record before it is in force. `changed` is asked again once nobody else can change the file. */
async function change(
  context: CommandContext,
  flags: OperatorFlags,
  what: 'added' | 'removed' | 'password changed',
  changed: (operators: readonly Operator[], password: string) => Changed,
): Promise<void> {
  const settings = await settingsFor(context, flags);
  const path = operatorsPath(settings);
  changed(await operatorsOf(path), ''); // before anybody types a password for nothing
  const password = what === 'removed' ? '' : await hashPassword(await readPassword(context));
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const name = await withOperatorsLocked(path, async () => {
    const { operators, name: affected } = changed(await operatorsOf(path), password);
    const role = findOperator(operators, affected)?.role;
    await record(context, settings, { name: affected, what, role });
    await writeOperators(path, operators);
    return affected;
  });
  if (flags.json) printJson(context, { operator: name, change: what });
  else context.stdout.write(`${name}: ${what}\n`);
}

const lockPatienceMs = 10_000;
const lockRetryMs = 50;

/** Nobody is asked for a password meanwhile, so that others wait for milliseconds. */
async function withOperatorsLocked<Result>(
  path: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const until = performance.now() + lockPatienceMs;
  let lock = tryLockFile(`${path}.lock`);
  for (; lock === null && performance.now() < until; lock = tryLockFile(`${path}.lock`))
    await sleep(lockRetryMs);
  if (lock === null)
    throw new CommandFailure('another command is changing the operators: try again');
  try {
    return await work();
  } finally {
    lock[Symbol.dispose]();
  }
}

async function record(
  context: CommandContext,
  settings: Settings,
  { name, what, role }: { name: string; what: string; role: Role | undefined },
): Promise<void> {
  await using audit = await openAuditLog(context, settings);
  const actor = { kind: 'operator', name: operatorOf(context), via: 'command' } as const;
  const facts = { change: what, role: role ?? null };
  await audit.append(accessRecord('operator-changed', actor, `operator ${name}`, facts));
}

function existing(operators: readonly Operator[], name: string): Operator {
  const operator = findOperator(operators, name);
  if (operator === null)
    throw new CommandFailure(`there is no operator ${name}: \`operator list\` shows them`);
  return operator;
}

async function operatorsOf(path: string): Promise<readonly Operator[]> {
  if (!existsSync(path)) return [];
  const state = await readOperators(path);
  if (state.kind === 'unusable')
    throw new CommandFailure(`the operators file cannot be used\n${state.message}`);
  return state.kind === 'ready' ? state.operators : [];
}
