import type { Command } from 'commander';
import type { CommandContext } from './command.ts';
import { heldSettings } from './review/desk-settings.ts';
import type { BreakerFlags } from './rules/breaker.ts';
import type { StatusFlags } from './rules/status.ts';
import { storedRulesSettings } from './rules/stored-rules-settings.ts';
import { addSettingOptions } from './setting-options.ts';

/** How the rules in force are doing, and an operator's word about the breaker. */
export function addStatusCommands(rules: Command, context: CommandContext): void {
  const status = rules
    .command('status')
    .description(
      'Shows which rules are in force and since when, who follows them, the breaker, and what today has used of the budgets.',
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch rules status --store sqlite:/var/lib/aliaswatch/baselines.db',
    )
    .action(async (flags: StatusFlags) => {
      const { showStatus } = await import('./rules/status.ts');
      await showStatus(context, flags);
    });
  addSettingOptions(status, [...new Set([...storedRulesSettings, ...heldSettings])]);
  const breaker = rules
    .command('breaker')
    .summary('opens or closes the breaker by hand')
    .description(
      'Opens or closes the breaker on every gateway of this store. While it is open, mail is only tagged and nothing is learned.',
    )
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch rules breaker close --reason "vendor redesign"',
    );
  for (const [name, state, description] of [
    ['open', 'open', 'From now on nothing is held, until it is closed by hand; needs --reason.'],
    [
      'close',
      'closed',
      'Holds mail again. For the rules in force now it does not open by itself any more.',
    ],
  ] as const) {
    const command = breaker
      .command(name)
      .description(description)
      .option('--reason <text>', 'why, for the record')
      .option('--json', 'print one JSON object')
      .addHelpText(
        'after',
        `\nExample:\n  aliaswatch rules breaker ${name} --reason "vendor redesign"`,
      )
      .action(async (flags: BreakerFlags) => {
        const { orderBreaker } = await import('./rules/breaker.ts');
        await orderBreaker(context, state, flags);
      });
    addSettingOptions(command, storedRulesSettings);
  }
}
