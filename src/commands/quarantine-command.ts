import { Option, type Command } from 'commander';
import type { CommandContext } from './command.ts';
import { collect, parseCount, parseTime } from './option-values.ts';
import { addActCommands } from './quarantine-acts-command.ts';
import type { HeldFlags, ListFlags } from './quarantine/held-mail.ts';
import type { ReleaseFlags } from './quarantine/release.ts';
import { deliverySettings, deskSettings, heldSettings } from './review/desk-settings.ts';
import { addRequestsCommand } from './quarantine-requests-command.ts';
import { addSettingOptions } from './setting-options.ts';

export function addQuarantineCommand(program: Command, context: CommandContext): void {
  const quarantine = program
    .command('quarantine')
    .summary('looks at held mail, and decides about it')
    .description(
      'Looks at held mail, and decides about it: release, delete, confirm an attack, approve a value.',
    )
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch quarantine list --state-dir /var/lib/aliaswatch',
    );
  const list = quarantine
    .command('list')
    .description('Lists held mail, newest first.')
    .option('--by-campaign', 'one line for all copies of one attack, the largest first')
    .addOption(
      new Option('--state <state>', 'default: all but the bin').choices([
        'held',
        'released',
        'deleted',
        'any',
      ]),
    )
    .option('--alias <id>', 'of this alias')
    .option('--campaign <id>', 'of this campaign')
    .option('--only-under <version>', 'held only because of these rules: those before did not')
    .option('--rcpt <address>', 'to this recipient, or to everybody @example.com')
    .option('--text <words>', 'words of subject, From or reason')
    .option('--since <time>', 'held at this time or later', parseTime)
    .option('--until <time>', 'held before this time', parseTime)
    .option('--limit <n>', 'the newest n', parseCount)
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch quarantine list --state held --alias paypal-service --since 2026-03-01',
    )
    .action(async (flags: ListFlags) => {
      const { listHeld } = await import('./quarantine/held-mail.ts');
      await listHeld(context, flags);
    });
  addSettingOptions(list, heldSettings);
  const show = quarantine
    .command('show')
    .argument('<id>', 'id of a held message')
    .description('Shows one held message: who, why, and what became of it.')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch quarantine show 0mh2q7k1c4x9p0zv5t3b')
    .action(async (id: string, flags: HeldFlags) => {
      const { showHeld } = await import('./quarantine/held-mail.ts');
      await showHeld(context, id, flags);
    });
  addSettingOptions(show, heldSettings);
  const reindex = quarantine
    .command('reindex')
    .description(
      'Compares all held mail with the index that lists are read from, and puts the index right. Exit code: 0 the index has everything, 1 an entry cannot be read.',
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch quarantine reindex --state-dir /var/lib/aliaswatch',
    )
    .action(async (flags: HeldFlags) => {
      const { reindexHeld } = await import('./quarantine/reindex.ts');
      await reindexHeld(context, flags);
    });
  addSettingOptions(reindex, heldSettings);
  const releasing = quarantine
    .command('release')
    .argument('[id...]', 'ids of held messages')
    .description(
      'Sends held mail on, without judging it again. May be repeated: who has it does not get it twice. Exit code: 0 everybody asked for has it, 1 somebody has not.',
    )
    .option('--campaign <id>', 'all held mail of a campaign instead')
    .option('--rcpt <address>', 'only this recipient, may be repeated', collect)
    .option('--reason <text>', 'why, for the record')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch quarantine release 0mh2q7k1c4x9p0zv5t3b --next-hop 127.0.0.1:10025',
    )
    .action(async (ids: readonly string[], flags: ReleaseFlags) => {
      const { releaseHeldMail } = await import('./quarantine/release.ts');
      await releaseHeldMail(context, ids, flags);
    });
  addSettingOptions(releasing, [...deskSettings, ...deliverySettings]);
  addActCommands(quarantine, context);
  addRequestsCommand(quarantine, context);
}
