import type { Command } from 'commander';
import type { CommandContext } from './command.ts';
import type { DoctorFlags } from './doctor/doctor.ts';
import { addSettingOptions, allSettings } from './setting-options.ts';

export function addDoctorCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('doctor')
    .summary('checks everything that serve depends on')
    .description(
      'Checks DNS, next hop, open relay, milter, store, quarantine, clock, file limits, rules, certificate, ARC key and sign-in provider, with the settings of serve. Sends no message and leaves nothing behind. Exit code: 0 nothing failed, 1 something did.',
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch doctor --next-hop 127.0.0.1:10025')
    .action(async (flags: DoctorFlags) => {
      const { runDoctor } = await import('./doctor/doctor.ts');
      await runDoctor(context, flags);
    });
  addSettingOptions(command, allSettings);
}
