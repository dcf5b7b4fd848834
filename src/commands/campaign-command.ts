import { Option, type Command } from 'commander';
import type { CampaignFlags, ExportFlags } from './campaign/campaigns.ts';
import type { NotifyFlags } from './campaign/notify.ts';
import type { CommandContext } from './command.ts';
import { parseCount } from './option-values.ts';
import { deskSettings } from './review/desk-settings.ts';
import { addSettingOptions } from './setting-options.ts';

export function addCampaignCommand(program: Command, context: CommandContext): void {
  const campaign = program
    .command('campaign')
    .summary('shows flagged mail by campaign, also the copies that passed before the first flag')
    .description(
      'Shows flagged mail by campaign, also the copies that passed before the first flag. Messages are remembered for 14 days.',
    )
    .addHelpText('after', '\nExample:\n  aliaswatch campaign show 0c1d2e3f4a5b');
  const list = campaign
    .command('list')
    .description('Lists campaigns, the last one first.')
    .option('--limit <n>', 'how many (default 50)', parseCount)
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch campaign list --limit 10')
    .action(async (flags: CampaignFlags) => {
      const { listCampaigns } = await import('./campaign/campaigns.ts');
      await listCampaigns(context, flags);
    });
  const show = campaign
    .command('show')
    .argument('<id>', 'id of a campaign')
    .description(
      "Shows every message of a campaign with its Message-ID and the next hop's queue id.",
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch campaign show 0c1d2e3f4a5b')
    .action(async (id: string, flags: CampaignFlags) => {
      const { showCampaign } = await import('./campaign/campaigns.ts');
      await showCampaign(context, id, flags);
    });
  const exporting = campaign
    .command('export')
    .argument('<id>', 'id of a campaign')
    .description('Prints who has which copy, for removal from mailboxes: one line per recipient.')
    .addOption(new Option('--format <format>', 'default: csv').choices(['csv', 'json']))
    .option('--json', 'the same as --format json')
    .addHelpText('after', '\nExample:\n  aliaswatch campaign export 0c1d2e3f4a5b > copies.csv')
    .action(async (id: string, flags: ExportFlags) => {
      const { exportCampaign } = await import('./campaign/campaigns.ts');
      await exportCampaign(context, id, flags);
    });
  const notify = campaign
    .command('notify')
    .argument('<id>', 'id of a campaign')
    .description(
      'Tells those who have a copy that it was an attack, or the administrators. A running gateway sends it; nobody is told of the same message twice.',
    )
    .addOption(new Option('--to <whom>', 'who is told').choices(['recipients', 'admins']))
    .option('--reason <text>', 'why, for the record')
    .option('--dry-run', 'show what would be sent, and to how many')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch campaign notify 0c1d2e3f4a5b --to recipients')
    .action(async (id: string, flags: NotifyFlags) => {
      const { notifyCampaign } = await import('./campaign/notify.ts');
      await notifyCampaign(context, id, flags);
    });
  addSettingOptions(notify, [...deskSettings, 'noticeTo', 'noticeMode']);
  for (const command of [list, show, exporting]) addSettingOptions(command, deskSettings);
}
