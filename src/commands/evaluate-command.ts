import type { Command } from 'commander';
import type { CommandContext } from './command.ts';
import type { EvaluateFlags } from './run-evaluation.ts';
import { addSettingOptions } from './setting-options.ts';

export function addEvaluateCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('evaluate')
    .summary('measures detection on archived mail')
    .description(
      'Measures detection on archived mail: honest streams, lures put into one slot of them, and labelled abuse.',
    )
    .requiredOption('--streams <dir>', 'folder of mbox files, one honest alias each')
    .option('--abuse <dir>', 'folder of attacks with labels.jsonl')
    .option('--lures <file>', 'lure texts to put into slots, JSON lines')
    .option('--watch-all', 'watch every alias of the streams, with or without a pack')
    .option('--scenarios', 'also play replays, forwards, drifts and poisonings (minutes)')
    .option(
      '--other-filters',
      'also ask SpamAssassin and rspamd on a sample, where they are installed',
    )
    .option('--ablate', 'also replay with one part of the detector taken out (minutes)')
    .option('--html <file>', 'also write the report as one HTML page')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch evaluate --streams corpora/streams --abuse corpora/abuse --lures corpora/lures/payloads.jsonl --watch-all',
    )
    .action(async (flags: EvaluateFlags) => {
      const { runEvaluation } = await import('./run-evaluation.ts');
      await runEvaluation(context, flags);
    });
  addSettingOptions(command, ['rulesDir']);
}
