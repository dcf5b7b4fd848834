import type { Command } from 'commander';
import type { FitFlags } from './baseline/fit.ts';
import type { CommandContext } from './command.ts';
import { collect, parseTime } from './option-values.ts';
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
}
