import { Option, type Command } from 'commander';
import { roles, type Role } from '../console/role.ts';
import type { CommandContext } from './command.ts';
import type { OperatorFlags } from './operator/operators.ts';
import type { SessionFlags } from './operator/sessions.ts';
import { addSettingOptions } from './setting-options.ts';

const jsonHelp = 'print one JSON object';
const settings = ['stateDir', 'store', 'operatorsFile'] as const;

export function addOperatorCommand(program: Command, context: CommandContext): void {
  const operator = program
    .command('operator')
    .summary('says who may log in to the console')
    .description(
      'Says who may log in to the console. Until the first one is added, whoever is on this machine needs no login, and nobody else gets in. Passwords are typed, or read from standard input.',
    )
    .addHelpText('after', '\nExample:\n  aliaswatch operator add anna --role admin');
  const add = operator
    .command('add')
    .argument('<name>', 'login name')
    .description('Adds an operator, with a password of at least 12 characters.')
    .addOption(
      new Option('--role <role>', 'viewer sees, operator acts on mail, admin on everything')
        .choices(roles)
        .default('operator'),
    )
    .option('--json', jsonHelp)
    .addHelpText('after', '\nExample:\n  aliaswatch operator add anna --role admin')
    .action(async (name: string, flags: OperatorFlags & { role: Role }) => {
      const { addOperator } = await import('./operator/operators.ts');
      await addOperator(context, name, flags);
    });
  const list = operator
    .command('list')
    .description('Lists who may log in.')
    .option('--json', jsonHelp)
    .addHelpText('after', '\nExample:\n  aliaswatch operator list')
    .action(async (flags: OperatorFlags) => {
      const { listOperators } = await import('./operator/operators.ts');
      await listOperators(context, flags);
    });
  const remove = operator
    .command('remove')
    .argument('<name>', 'login name')
    .description('Removes an operator, whose sessions end at once.')
    .option('--json', jsonHelp)
    .addHelpText('after', '\nExample:\n  aliaswatch operator remove anna')
    .action(async (name: string, flags: OperatorFlags) => {
      const { removeOperator } = await import('./operator/operators.ts');
      await removeOperator(context, name, flags);
    });
  const password = operator
    .command('password')
    .argument('<name>', 'login name')
    .description('Gives an operator a new password; sessions with the old one end at once.')
    .option('--json', jsonHelp)
    .addHelpText('after', '\nExample:\n  aliaswatch operator password anna < new-password')
    .action(async (name: string, flags: OperatorFlags) => {
      const { changePassword } = await import('./operator/operators.ts');
      await changePassword(context, name, flags);
    });
  const sessions = operator
    .command('sessions')
    .description('Lists who is logged in to the console.')
    .option('--json', jsonHelp)
    .addHelpText('after', '\nExample:\n  aliaswatch operator sessions')
    .action(async (flags: SessionFlags) => {
      const { listSessions } = await import('./operator/sessions.ts');
      await listSessions(context, flags);
    });
  const revoke = operator
    .command('revoke')
    .argument('[id]', 'id of a session')
    .description('Ends a session, or all of an operator.')
    .option('--operator <name>', 'all of this one, as `operator sessions` calls it')
    .option('--json', jsonHelp)
    .addHelpText('after', '\nExample:\n  aliaswatch operator revoke --operator anna')
    .action(async (id: string | undefined, flags: SessionFlags) => {
      const { revokeSession } = await import('./operator/sessions.ts');
      await revokeSession(context, id, flags);
    });
  for (const command of [add, list, remove, password]) addSettingOptions(command, settings);
  addSettingOptions(sessions, ['stateDir', 'store', 'oidcSessionMinutes']);
  addSettingOptions(revoke, ['stateDir', 'store']);
}
