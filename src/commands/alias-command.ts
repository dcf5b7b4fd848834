import type { Command } from 'commander';
import type { AliasFlags } from './alias/aliases.ts';
import type { CommandContext } from './command.ts';
import { parseTime } from './option-values.ts';
import { addSettingOptions } from './setting-options.ts';

export function addAliasCommand(program: Command, context: CommandContext): void {
  const alias = program
    .command('alias')
    .summary('shows watched aliases and what was learned of them')
    .description('Shows the watched aliases and what was learned of them.')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch alias show paypal-service --store sqlite:state/baselines.db',
    );
  const list = alias
    .command('list')
    .description('Lists every watched alias.')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch alias list')
    .action(async (flags: AliasFlags) => {
      const { listAliases } = await import('./alias/aliases.ts');
      await listAliases(context, flags);
    });
  addSettingOptions(list, ['rulesDir']);
  const show = alias
    .command('show')
    .argument('<id>', 'alias id, or an address')
    .description(
      'Shows what the vendor pack says of an alias and, with --store, what was learned of it.',
    )
    .option('--at <time>', 'history as it was then, ISO 8601 (default: now)', parseTime)
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch alias show service@paypal.com --store sqlite:state/baselines.db',
    )
    .action(async (id: string, flags: AliasFlags) => {
      const { showAlias } = await import('./alias/aliases.ts');
      await showAlias(context, id, flags);
    });
  addSettingOptions(show, ['store', 'rulesDir']);
}
