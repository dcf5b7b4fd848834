import type { Command } from 'commander';
import type { CommandContext } from './command.ts';
import type { RequestFlags } from './quarantine/recipient-requests.ts';
import { addSettingOptions } from './setting-options.ts';

/** `quarantine requests`. */
export function addRequestsCommand(quarantine: Command, context: CommandContext): void {
  const requests = quarantine
    .command('requests')
    .description(
      'Lists what recipients asked for by the links of notices, newest first. Settling a request releases nothing: do that first.',
    )
    .option('--all', 'also those that are settled')
    .option('--granted <id>', 'marks one as granted')
    .option('--declined <id>', 'marks one as declined')
    .option('--reason <text>', 'why')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch quarantine requests --declined 0mh2q7k1c4x9p0zv5t3b --reason phishing',
    )
    .action(async (flags: RequestFlags) => {
      const { recipientRequests } = await import('./quarantine/recipient-requests.ts');
      await recipientRequests(context, flags);
    });
  addSettingOptions(requests, ['stateDir']);
}
