import { InvalidArgumentError, type Command } from 'commander';
import type { CommandContext } from './command.ts';
import { parseCount } from './option-values.ts';
import type { ActivateFlags } from './rules/activate.ts';
import type { DiffFlags } from './rules/diff.ts';
import type { HistoryFlags } from './rules/history.ts';
import type { RollbackFlags } from './rules/rollback.ts';
import { deliverySettings, deskSettings } from './review/desk-settings.ts';
import { storedRulesSettings } from './rules/stored-rules-settings.ts';
import { addSettingOptions } from './setting-options.ts';

/** What changes the rules in force, and shows what they were; with a gateway that runs or without. */
export function addActivationCommands(rules: Command, context: CommandContext): void {
  addActivate(rules, context);
  addRollback(rules, context);
  addHistory(rules, context);
  addDiff(rules, context);
}

function addActivate(rules: Command, context: CommandContext): void {
  const activate = rules
    .command('activate')
    .argument('[dir]', 'directory of rules (default: the one that serve uses)')
    .description(
      'Checks and tests a directory of rules and puts it in force on every gateway of this store, within a second. Exit code: 0 done, 1 refused.',
    )
    .option('--shadow', 'only counts what it would change')
    .option(
      '--canary <share>',
      'it decides for this share of all messages, such as 0.1',
      parseShare,
    )
    .option(
      '--canary-domains <domains>',
      'it decides for mail to these recipient domains; with commas',
      parseDomains,
    )
    .option('--promote', 'puts the candidate (shadow or canary) in force for all mail')
    .option('--force', 'overrules tests and backtest; needs --reason')
    .option('--reason <text>', 'why, for the record')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch rules activate /etc/aliaswatch/rules --canary 0.1 --reason "new PayPal lure"',
    )
    .action(async (directory: string | undefined, flags: ActivateFlags) => {
      const { activateRules } = await import('./rules/activate.ts');
      await activateRules(context, directory, flags);
    });
  addSettingOptions(activate, storedRulesSettings);
}

function addRollback(rules: Command, context: CommandContext): void {
  const rollback = rules
    .command('rollback')
    .description(
      'Takes back the last change of the rules on every gateway of this store, within a second: drops the candidate, or puts the rules before in force.',
    )
    .option('--to <version>', 'these rules instead, whatever came since')
    .option(
      '--release-held',
      'delivers what was held only because of what is taken back; may be repeated, and takes back no more then',
    )
    .option('--reason <text>', 'why, for the record')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch rules rollback --reason "holds invoices"')
    .action(async (flags: RollbackFlags) => {
      const { rollBackRules } = await import('./rules/rollback.ts');
      await rollBackRules(context, flags);
    });
  addSettingOptions(rollback, [
    ...new Set([...storedRulesSettings, ...deskSettings, ...deliverySettings]),
  ]);
}

function addHistory(rules: Command, context: CommandContext): void {
  const history = rules
    .command('history')
    .description('Shows which rules were in force, who put them there and why.')
    .option('--limit <n>', 'lines (default 50)', parseCount)
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch rules history --limit 10')
    .action(async (flags: HistoryFlags) => {
      const { showHistory } = await import('./rules/history.ts');
      await showHistory(context, flags);
    });
  addSettingOptions(history, storedRulesSettings);
}

function addDiff(rules: Command, context: CommandContext): void {
  const diff = rules
    .command('diff')
    .argument('<a>', 'a version, `active`, `candidate`, or a directory')
    .argument('<b>', 'another one')
    .description('Shows how two rule sets differ, file by file.')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch rules diff active /etc/aliaswatch/rules')
    .action(async (left: string, right: string, flags: DiffFlags) => {
      const { diffRules } = await import('./rules/diff.ts');
      await diffRules(context, [left, right], flags);
    });
  addSettingOptions(diff, storedRulesSettings);
}

function parseShare(text: string): number {
  const share = Number(text);
  if (text.trim() === '' || !(share > 0 && share <= 1))
    throw new InvalidArgumentError('Write a share above 0 and up to 1, such as 0.1.');
  return share;
}

function parseDomains(text: string): readonly string[] {
  const domains = text.split(',').map((domain) => domain.trim().toLowerCase());
  if (!domains.every((domain) => /^(?:[a-z0-9_-]+\.)+[a-z0-9-]+$/.test(domain)))
    throw new InvalidArgumentError('Write domains with commas: example.com,example.org.');
  return domains;
}
