import type { Command } from 'commander';
import type { CommandContext } from './command.ts';
import { collect } from './option-values.ts';
import type { HeldFlags, ListFlags, ReleaseFlags } from './quarantine/held-mail.ts';
import { addRequestsCommand } from './quarantine-requests-command.ts';
import { addSettingOptions } from './setting-options.ts';

export function addQuarantineCommand(program: Command, context: CommandContext): void {
  const quarantine = program
    .command('quarantine')
    .summary('looks at held mail and releases it')
    .description('Looks at held mail and releases it.')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch quarantine list --state-dir /var/lib/aliaswatch',
    );
  const list = quarantine
    .command('list')
    .description('Lists held mail, newest first.')
    .option('--by-campaign', 'one line for all copies of one attack, the largest first')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch quarantine list --by-campaign')
    .action(async (flags: ListFlags) => {
      const { listHeld } = await import('./quarantine/held-mail.ts');
      await listHeld(context, flags);
    });
  addSettingOptions(list, ['stateDir']);
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
  addSettingOptions(show, ['stateDir']);
  const releasing = quarantine
    .command('release')
    .argument('<id>', 'id of a held message')
    .description(
      'Sends a held message on, without judging it again. May be repeated: who has it does not get it twice. Exit code: 0 everybody asked for has it, 1 somebody has not.',
    )
    .option('--rcpt <address>', 'only this recipient, may be repeated', collect)
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch quarantine release 0mh2q7k1c4x9p0zv5t3b --next-hop 127.0.0.1:10025',
    )
    .action(async (id: string, flags: ReleaseFlags) => {
      const { releaseMessage } = await import('./quarantine/held-mail.ts');
      await releaseMessage(context, id, flags);
    });
  addSettingOptions(releasing, [
    'stateDir',
    'nextHop',
    'nextHopProtocol',
    'nextHopTls',
    'nextHopTlsCaFile',
    'nextHopTlsName',
    'clientIdentity',
    'store',
    'hostname',
  ]);
  addRequestsCommand(quarantine, context);
}
