import type { Command } from 'commander';
import type { FitFlags } from './baseline/fit.ts';
import type { ForgetFlags } from './baseline/forget.ts';
import type { CommandContext } from './command.ts';
import { collect, parseDay, parseTime } from './option-values.ts';
import { addSettingOptions } from './setting-options.ts';

export function addBaselineCommand(program: Command, context: CommandContext): void {
  const baseline = program
    .command('baseline')
    .summary('works with what was learned')
    .description('Works with what was learned of all aliases.')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch baseline fit --store sqlite:state/baselines.db',
    );
  const fit = baseline
    .command('fit')
    .summary('fits the priors of causes.yaml to a store')
    .description(
      'Fits the priors of causes.yaml to the aliases of a store, and shows them beside those in force. Changes nothing.',
    )
    .option('--without <id>', 'leave this alias out, may be repeated', collect)
    .option(
      '--at <time>',
      'history as it was then, ISO 8601 (default: of each alias when the last it learned had matured)',
      parseTime,
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch baseline fit --store sqlite:state/baselines.db')
    .action(async (flags: FitFlags) => {
      const { fitBaselines } = await import('./baseline/fit.ts');
      await fitBaselines(context, flags);
    });
  addSettingOptions(fit, ['store', 'rulesDir', 'stateDir']);
  const forget = baseline
    .command('forget')
    .argument('<alias>', 'id of the alias, as `aliaswatch alias list` shows it')
    .summary('takes back what an alias taught')
    .description(
      'Takes back what an alias taught on some days, or all that was ever learned of it, under a running gateway. It is on record before it is done, and cannot be undone: `aliaswatch learn` teaches anew from an archive. Exit code: 0 done, 2 where nothing was ever learned of the alias.',
    )
    .option('--day <date>', 'a day (UTC) on which it was learned, may be repeated', collectDay)
    .option('--everything', 'all that was ever learned of the alias')
    .requiredOption('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch baseline forget paypal-service --day 2026-03-01 --reason "taught by a campaign"',
    )
    .action(async (alias: string, flags: ForgetFlags) => {
      const { forgetBaseline } = await import('./baseline/forget.ts');
      await forgetBaseline(context, alias, flags);
    });
  addSettingOptions(forget, ['store', 'stateDir', 'hostname']);
}

function collectDay(text: string, collected: readonly string[] = []): readonly string[] {
  parseDay(text);
  return collect(text, collected);
}
