import type { Command } from 'commander';
import type { CommandContext } from './command.ts';
import type { FindFlags } from './message/find-messages.ts';
import { parseCount, parseTime } from './option-values.ts';
import type { ActFlags } from './quarantine/acts.ts';
import { deskSettings } from './review/desk-settings.ts';
import { addSettingOptions } from './setting-options.ts';

export function addMessageCommand(program: Command, context: CommandContext): void {
  const message = program
    .command('message')
    .summary('finds watched mail that passed, and says that tagged mail was all right')
    .description('Finds watched mail that passed, and says that tagged mail was all right.')
    .addHelpText('after', '\nExample:\n  aliaswatch message find --rcpt ann@example.com');
  const find = message
    .command('find')
    .argument('[id]', 'our id, as in X-Aliaswatch-Verdict')
    .description('Finds watched mail that passed or was held within 14 days, newest first.')
    .option('--message-id <id>', 'its Message-ID')
    .option('--rcpt <address>', 'to this recipient')
    .option('--alias <id>', 'of this alias')
    .option('--campaign <id>', 'of this campaign')
    .option('--since <time>', 'at this time or later', parseTime)
    .option('--until <time>', 'before this time', parseTime)
    .option('--limit <n>', 'how many (default 50)', parseCount)
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch message find --message-id 1@paypal.com')
    .action(async (id: string | undefined, flags: FindFlags) => {
      const { findMessages } = await import('./message/find-messages.ts');
      await findMessages(context, id ?? null, flags);
    });
  addSettingOptions(find, deskSettings);
  const approve = message
    .command('approve')
    .argument('<id>', 'our id, as in X-Aliaswatch-Verdict')
    .description(
      'Says that mail which was tagged and delivered was all right: the alias learns from it, as it does from a release. Exit code 1 where there is nothing to learn.',
    )
    .option('--reason <text>', 'why, for the record')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch message approve 0mh2q7k1c4x9p0zv5t3b --reason "asked the vendor"',
    )
    .action(async (id: string, flags: ActFlags) => {
      const { approveMessage } = await import('./quarantine/acts.ts');
      await approveMessage(context, id, flags);
    });
  addSettingOptions(approve, deskSettings);
}
