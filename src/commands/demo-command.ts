import type { Command } from 'commander';
import type { CommandContext } from './command.ts';

export function addDemoCommand(program: Command, context: CommandContext): void {
  program
    .command('demo')
    .summary('shows the whole job on this machine in under a minute')
    .description(
      'Plays 30 days of vendor mail and four attacks through the whole gateway, on this machine alone.',
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch demo')
    .action(async ({ json = false }: { readonly json?: boolean }) => {
      // It has its own vendors, name server and next hop, which no other command should have to load.
      const { runDemo } = await import('./demo/demo.ts');
      await runDemo(context, { json });
    });
}
