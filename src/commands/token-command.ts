import type { Command } from 'commander';
import type { CommandContext } from './command.ts';
import { collect, parseCount } from './option-values.ts';
import { addSettingOptions } from './setting-options.ts';
import type { CreateFlags, TokenFlags } from './token/tokens.ts';

const jsonHelp = 'print one JSON object';

export function addTokenCommand(program: Command, context: CommandContext): void {
  const token = program
    .command('token')
    .summary('makes and revokes tokens of the HTTP API')
    .description('Makes and revokes tokens of the HTTP API (/api/v1).')
    .addHelpText('after', '\nExample:\n  aliaswatch token create ticket-system --scope review');
  const create = token
    .command('create')
    .argument('<name>', 'what it is for; stands in the audit log')
    .description('Makes a token and prints it, once.')
    .option(
      '--scope <scope>',
      'read sees, review acts on mail, admin on everything; may be repeated (default read)',
      collect,
    )
    .option('--days <n>', 'how long it works', parseCount, 90)
    .option('--json', jsonHelp)
    .addHelpText('after', '\nExample:\n  aliaswatch token create ticket-system --scope review')
    .action(async (name: string, flags: CreateFlags) => {
      const { createToken } = await import('./token/tokens.ts');
      await createToken(context, name, flags);
    });
  const list = token
    .command('list')
    .description('Lists tokens: never the secrets.')
    .option('--json', jsonHelp)
    .addHelpText('after', '\nExample:\n  aliaswatch token list')
    .action(async (flags: TokenFlags) => {
      const { listTokens } = await import('./token/tokens.ts');
      await listTokens(context, flags);
    });
  const revoke = token
    .command('revoke')
    .argument('<id>', 'id of a token, as list shows it')
    .description('Ends a token at once.')
    .option('--json', jsonHelp)
    .addHelpText('after', '\nExample:\n  aliaswatch token revoke 3f9c2ab1d04e7786')
    .action(async (id: string, flags: TokenFlags) => {
      const { revokeToken } = await import('./token/tokens.ts');
      await revokeToken(context, id, flags);
    });
  for (const command of [create, list, revoke]) addSettingOptions(command, ['stateDir', 'store']);
}
