import type { Command } from 'commander';
import type { CommandContext } from './command.ts';
import { parseDay } from './option-values.ts';
import type { ForgetFlags, ShowFlags } from './organization/organization-values.ts';
import { addSettingOptions } from './setting-options.ts';

export function addOrganizationCommand(program: Command, context: CommandContext): void {
  const organization = program
    .command('organization')
    .summary("shows what all the organization's mail says of a domain or a correspondent")
    .description(
      "Shows what all the organization's mail says: link domains seen here, correspondents, and values that several watched aliases carried. People's addresses are stored as keyed hashes.",
    )
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch organization show supplier.example --store sqlite:state/baselines.db',
    );
  const show = organization
    .command('show')
    .argument('[value]', 'domain, address or telephone number (+18025550100)')
    .description(
      'Counts the values of each ledger; with a value, shows what is known of it. Changes nothing.',
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch organization show ann@example.com --store sqlite:state/baselines.db',
    )
    .action(async (value: string | undefined, flags: ShowFlags) => {
      const { showOrganization } = await import('./organization/organization-values.ts');
      await showOrganization(context, value ?? null, flags);
    });
  addSettingOptions(show, ['store', 'stateDir']);
  const forget = organization
    .command('forget')
    .argument('[value]', 'domain, address or telephone number (+18025550100)')
    .description(
      'Takes a value out of all ledgers, or takes back what one day taught (exact for the last 32 days of a value).',
    )
    .option('--day <date>', 'a day (UTC) instead of a value: 2026-03-01', parseDay)
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch organization forget lure.example --store sqlite:state/baselines.db',
    )
    .action(async (value: string | undefined, flags: ForgetFlags) => {
      const { forgetInOrganization } = await import('./organization/organization-values.ts');
      await forgetInOrganization(context, value ?? null, flags);
    });
  addSettingOptions(forget, ['store', 'stateDir']);
}
