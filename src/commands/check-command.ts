import { isIP } from 'node:net';
import { InvalidArgumentError, type Command } from 'commander';
import type { CheckFlags } from './check/check.ts';
import type { CommandContext } from './command.ts';
import { collect, parseTime } from './option-values.ts';
import { addSettingOptions } from './setting-options.ts';

export function addCheckCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('check')
    .summary('judges one message and explains why')
    .argument('<file>', 'a message, or - for standard input')
    .description(
      'Judges one message and explains why. Reads the baselines of --store (without it only packs and lists count), takes the rules that are in force there unless --rules names others, and never learns. Exit code: 0 pass, 10 tag, 11 quarantine, 12 defer or reject, 2 wrong call, 1 failure.',
    )
    .option(
      '--peer-ip <address>',
      'address of the client that sent it; without it nothing is asked of the sending path',
      parseAddress,
    )
    .option('--helo <name>', 'what the client said in HELO or EHLO')
    .option('--mail-from <address>', 'envelope sender')
    .option('--rcpt <address>', 'envelope recipient, may be repeated (default: To and Cc)', collect)
    .option('--at <time>', 'when it arrived, ISO 8601 (default: now)', parseTime)
    .option('--assume-authenticated', 'take it for authenticated, without DNS')
    .option('--watch-all', 'watch its From address even without a pack')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch check invoice.eml --store sqlite:state/baselines.db --peer-ip 192.0.2.7 --mail-from bounce@vendor.example',
    )
    .action(async (file: string, flags: CheckFlags) => {
      const { check } = await import('./check/check.ts');
      await check(context, file, flags);
    });
  addSettingOptions(command, ['store', 'rulesDir', 'dns', 'mode', 'stateDir']);
}

function parseAddress(text: string): string {
  if (isIP(text) === 0) throw new InvalidArgumentError('Give an IPv4 or IPv6 address.');
  return text;
}
