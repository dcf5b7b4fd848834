import type { Command } from 'commander';
import type { CommandContext } from './command.ts';
import { parseCount } from './option-values.ts';
import type { SimulateFlags } from './simulate/simulate.ts';

export function addSimulateCommand(program: Command, context: CommandContext): void {
  program
    .command('simulate')
    .summary('plays a vendor whose mail is abused, against a gateway of yours')
    .description(
      'Sends honest code mails of a simulated Microsoft to a gateway, really signed, and then one attack that sits in their subject; answers DNS for them meanwhile. The gateway must ask it (--dns HOST:PORT of serve): never point a gateway in production there.',
    )
    .requiredOption('--gateway <host:port>', 'where the gateway takes mail')
    .requiredOption('--rcpt <addresses>', 'recipients, with commas; all that the mail server has')
    .option('--answer-dns <host:port>', 'where it answers DNS', '127.0.0.1:8053')
    .option('--honest <n>', 'honest messages', parseCount, 20)
    .option('--copies <n>', 'copies of the attack', parseCount, 6)
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch simulate --gateway 127.0.0.1:25 --rcpt jo@example.test --answer-dns 127.0.0.1:8053',
    )
    .action(async (flags: SimulateFlags) => {
      const { simulate } = await import('./simulate/simulate.ts');
      await simulate(context, flags);
    });
}
