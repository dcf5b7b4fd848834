import type { Command } from 'commander';
import type { CommandContext } from './command.ts';
import type { ExportFlags } from './incident/export.ts';
import { deskSettings } from './review/desk-settings.ts';
import { addSettingOptions } from './setting-options.ts';

export function addIncidentCommand(program: Command, context: CommandContext): void {
  const incident = program
    .command('incident')
    .summary('hands an attack to somebody outside')
    .description('Hands an attack to somebody outside, such as the abuse desk of its vendor.')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch incident export 0c1d2e3f4a5b --out incident.tar',
    );
  const exporting = incident
    .command('export')
    .argument('<id>', 'a campaign or a message')
    .requiredOption('--out <file>', 'tar archive to write; it must not be there yet')
    .option(
      '--reporter <address>',
      'who reports to the abuse desk (default: postmaster at the hostname)',
    )
    .description(
      'Writes one archive: messages, why each was held, what happened when, indicators (domains, numbers, hashes), checksums, and a report (ARF, RFC 5965) where the vendor takes one. Nothing is sent.',
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch incident export 0c1d2e3f4a5b --out incident.tar',
    )
    .action(async (id: string, flags: ExportFlags) => {
      const { exportBundle } = await import('./incident/export.ts');
      await exportBundle(context, id, flags);
    });
  addSettingOptions(exporting, deskSettings);
}
