import type { Command } from 'commander';
import { exitCodes, type CommandContext } from './command.ts';
import type { LearnFlags } from './learn/learn.ts';
import { collect } from './option-values.ts';
import { addSettingOptions } from './setting-options.ts';

export function addLearnCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('learn')
    .summary('learns baselines from an archive')
    .argument('[paths...]', 'mbox files, messages, Maildirs, or folders of these')
    .description(
      'Learns baselines from an archive of mail that was fine, in order of arrival (mbox From line, else Received or Date). What an earlier run learned into the same store is passed over, so that a run that was stopped goes on and an archive that has grown teaches what is new. With --assume-authenticated, mail that nobody watches teaches who writes to the organization.',
    )
    .option(
      '--assume-authenticated',
      'take the mail for authenticated; without it only what still verifies today is learned',
    )
    .option('--alias <id>', 'only this alias (id or address), may be repeated', collect)
    .option('--watch-all', 'learn every From address, with or without a pack')
    .option('--include-flagged', 'learn also from messages that would be tagged or held')
    .option(
      '--outbound <path>',
      'sent mail, may be repeated: everybody it was sent to becomes a correspondent',
      collect,
    )
    .option('--restart', 'learn everything again; what the store still holds counts twice')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch learn archive/2026.mbox --assume-authenticated --store sqlite:state/baselines.db',
    )
    .action(async (paths: readonly string[], flags: LearnFlags) => {
      if (paths.length === 0 && flags.outbound === undefined)
        command.error("error: missing required argument 'paths'", { exitCode: exitCodes.usage });
      const { learn } = await import('./learn/learn.ts');
      await learn(context, paths, flags);
    });
  addSettingOptions(command, ['store', 'rulesDir', 'dns', 'stateDir']);
}
