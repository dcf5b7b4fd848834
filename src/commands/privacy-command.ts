import type { Command } from 'commander';
import type { CommandContext } from './command.ts';
import type { EraseFlags } from './privacy/erase.ts';
import { heldSettings } from './review/desk-settings.ts';
import { addSettingOptions } from './setting-options.ts';

export function addPrivacyCommand(program: Command, context: CommandContext): void {
  const privacy = program
    .command('privacy')
    .summary('erases what is kept of a person')
    .description('Erases what is kept of a person.')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch privacy erase --recipient ann@example.com --dry-run',
    );
  const erase = privacy
    .command('erase')
    .requiredOption('--recipient <address>', 'the address of the person')
    .description(
      'Erases an address wherever it is kept: values of the audit log (the chain still verifies), baselines, ledgers, the index of messages, notices, mail that was released or deleted, and what is kept of it for `rules backtest`. Exit code: 0 nothing is left, 1 mail to the address is still held, or held mail cannot be read.',
    )
    .option('--dry-run', 'only say what there is')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch privacy erase --recipient ann@example.com --state-dir /var/lib/aliaswatch',
    )
    .action(async (flags: EraseFlags) => {
      const { erase } = await import('./privacy/erase.ts');
      await erase(context, flags);
    });
  addSettingOptions(erase, [...heldSettings, 'hostname']);
}
