import type { Command } from 'commander';
import type { CommandContext } from './command.ts';
import { collect } from './option-values.ts';
import type { BacktestFlags } from './rules/backtest.ts';
import { storedRulesSettings } from './rules/stored-rules-settings.ts';
import { addSettingOptions } from './setting-options.ts';

/** What a directory of rules would have made of the mail that came. */
export function addBacktestCommand(rules: Command, context: CommandContext): void {
  const backtest = rules
    .command('backtest')
    .argument('[dir]', 'directory of rules to try (default: the one that serve uses)')
    .description(
      'Scores kept mail again under a directory of rules, with the engine of the gateway, and shows what it would tag and hold otherwise than the rules in force: by alias and cause, with 95 % upper bounds, and whether the gate of `rules activate` would let it pass. Exit codes: 0 whatever would change, 1 when rules or kept mail cannot be used, 2 for an alias that nobody knows.',
    )
    .option('--against <rules>', 'compare with this stored version or directory', 'active')
    .option('--since <when>', 'only mail since a date, or of so many days: 2026-11-01, 7d')
    .option('--alias <id>', 'only mail of this alias; may be repeated', collect)
    .option('--html <file>', 'write a page as well')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch rules backtest ./rules-to-be --since 7d --html backtest.html',
    )
    .action(async (directory: string | undefined, flags: BacktestFlags) => {
      const { backtestRules } = await import('./rules/backtest.ts');
      await backtestRules(context, directory, flags);
    });
  addSettingOptions(backtest, [...storedRulesSettings, 'mode']);
}
