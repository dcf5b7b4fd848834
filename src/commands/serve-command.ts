import type { Command } from 'commander';
import type { CommandContext } from './command.ts';
import { tuneEngine } from './serve/tune-engine.ts';
import { addSettingOptions, allSettings, type SettingFlags } from './setting-options.ts';

export function addServeCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('serve')
    .summary('takes mail, judges it, relays it')
    .description(
      'Takes mail by SMTP, judges it, and relays it to the next hop; or answers a mail server that asks by the milter protocol (--milter-listen); or both. Settings also come from the file and from ALIASWATCH_* variables.',
    )
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch serve --listen 0.0.0.0:25 --next-hop 127.0.0.1:10025 --mode tag',
    )
    .action(async (flags: SettingFlags) => {
      tuneEngine();
      const { serve } = await import('./serve/serve.ts');
      await serve(context, flags);
    });
  addSettingOptions(command, allSettings);
}
