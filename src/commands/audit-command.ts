import { Option, type Command } from 'commander';
import { auditActs } from '../audit/audit-log.ts';
import type { ListFlags, ShowFlags } from './audit/show-audit.ts';
import type { VerifyFlags } from './audit/verify.ts';
import type { CommandContext } from './command.ts';
import { collect, parseCount, parseTime } from './option-values.ts';
import { addSettingOptions } from './setting-options.ts';

const usualLimit = 50;

export function addAuditCommand(program: Command, context: CommandContext): void {
  const audit = program
    .command('audit')
    .summary('shows what was decided and done, and proves that the record is whole')
    .description(
      'Shows what was decided and done, by whom and why, and proves that the record is whole.',
    )
    .addHelpText('after', '\nExample:\n  aliaswatch audit verify --state-dir /var/lib/aliaswatch');
  addVerify(audit, context);
  addList(audit, context);
  addShow(audit, context);
}

function addVerify(audit: Command, context: CommandContext): void {
  const verify = audit
    .command('verify')
    .description(
      'Reads every record and says which line was changed, removed, moved or cut off, and up to where published heads prove it. Exit code: 0 whole, 1 not, or not proven.',
    )
    .option(
      '--log <file>',
      'log of serve that was kept elsewhere: its published heads are checked too, may be repeated',
      collect,
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch audit verify --log /var/log/aliaswatch/serve.jsonl',
    )
    .action(async (flags: VerifyFlags) => {
      const { verify } = await import('./audit/verify.ts');
      await verify(context, flags);
    });
  addSettingOptions(verify, ['stateDir', 'store']);
}

function addList(audit: Command, context: CommandContext): void {
  const list = audit
    .command('list')
    .description('Lists what is on record, newest first.')
    .addOption(new Option('--act <name>', 'only this kind').choices(auditActs))
    .option('--subject <id>', 'only what was done to this message, campaign or alias')
    .option('--actor <name>', 'only what this operator, proxy or recipient did')
    .option('--since <time>', 'only from this time on: 2026-03-01T09:30:00Z', parseTime)
    .option('--limit <n>', 'at most so many', parseCount, usualLimit)
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch audit list --act released --since 2026-03-01')
    .action(async (flags: ListFlags) => {
      const { listAudit } = await import('./audit/show-audit.ts');
      await listAudit(context, flags);
    });
  addSettingOptions(list, ['stateDir']);
}

function addShow(audit: Command, context: CommandContext): void {
  const show = audit
    .command('show')
    .argument('<record>', 'a record, as `audit list` names it')
    .description('Shows one record with all its facts; what was erased is said to be.')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch audit show mx1-3f9a2c1d-1:42')
    .action(async (record: string, flags: ShowFlags) => {
      const { showAudit } = await import('./audit/show-audit.ts');
      await showAudit(context, record, flags);
    });
  addSettingOptions(show, ['stateDir']);
}
