import type { Command } from 'commander';
import type { CommandContext } from './command.ts';
import { addActivationCommands } from './rules-activation-command.ts';
import { addBacktestCommand } from './rules-backtest-command.ts';
import { addStatusCommands } from './rules-status-command.ts';
import type { RulesFlags } from './rules/check-rules.ts';
import type { ExplainFlags } from './rules/explain.ts';
import type { ReferenceFlags } from './rules/print-reference.ts';
import type { SchemaFlags } from './rules/rule-schema-files.ts';
import type { SetFlags } from './rules/set.ts';
import type { TestRulesFlags } from './rules/test-rules.ts';
import { collect } from './option-values.ts';
import { addSettingOptions } from './setting-options.ts';

export function addRulesCommand(program: Command, context: CommandContext): void {
  const rules = program
    .command('rules')
    .summary('checks, tests and activates the rules that operators tune')
    .description('Works on the rules that operators tune.')
    .addHelpText('after', '\nExample:\n  aliaswatch rules check /etc/aliaswatch/rules');
  const check = rules
    .command('check')
    .argument('[dir]', 'directory of rules (default: the one that serve would use)')
    .description(
      'Validates a directory of rules and shows every problem in it, and a warning about a banner or subject tag without an ARC key. Exit code: 0 valid, 1 not.',
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch rules check ./rules')
    .action(async (directory: string | undefined, flags: RulesFlags) => {
      const { checkRules } = await import('./rules/check-rules.ts');
      await checkRules(context, directory, flags);
    });
  addSettingOptions(check, []);
  addExplainCommand(rules, context);
  addSetCommand(rules, context);
  addReferenceCommand(rules, context);
  addSchemaCommand(rules, context);
  addTestCommand(rules, context);
  addBacktestCommand(rules, context);
  addActivationCommands(rules, context);
  addStatusCommands(rules, context);
}

function addTestCommand(rules: Command, context: CommandContext): void {
  const test = rules
    .command('test')
    .argument('[dir]', 'directory of rules (default: the one that serve would use)')
    .description(
      'Runs the cases beside the rules (tests/*.yaml) with the engine of production. Exit code: 0 all pass, 1 some fail, 2 rules or cases cannot be used.',
    )
    .option('--only <text>', 'only cases with this text in their name or file')
    .option('--update', 'show how the files would have to change for the failing cases to pass')
    .option('--write', 'with --update: change them; comments stay')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch rules test ./rules --only microsoft\n  aliaswatch rules test ./rules --update --write',
    )
    .action(async (directory: string | undefined, flags: TestRulesFlags) => {
      const { testRules } = await import('./rules/test-rules.ts');
      await testRules(context, directory, flags);
    });
  addSettingOptions(test, []);
}

function addExplainCommand(rules: Command, context: CommandContext): void {
  const explain = rules
    .command('explain')
    .argument('[dir]', 'directory of rules (default: the one that serve would use)')
    .description(
      'Shows every setting of the policy for some mail, and where it comes from: a default, a line of policy.yaml, an override, or --mode. Exit code: 0, 2 for a name that nothing is called.',
    )
    .option('--alias <id>', 'mail of this alias')
    .option('--vendor <name>', 'mail of any alias of this vendor')
    .option('--function <name>', 'mail for this: otp, security, billing, share or marketing')
    .option('--rcpt <address>', 'mail to this recipient; may be repeated', collect)
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch rules explain --alias paypal-service --rcpt anna@finance.example.com',
    )
    .action(async (directory: string | undefined, flags: ExplainFlags) => {
      const { explainRules } = await import('./rules/explain.ts');
      await explainRules(context, directory, flags);
    });
  addSettingOptions(explain, ['mode']);
}

function addSetCommand(rules: Command, context: CommandContext): void {
  const set = rules
    .command('set')
    .argument('<path>', 'the setting, as `rules explain` names it: quarantine.floorBits')
    .argument('<value>', 'its value, as YAML')
    .argument('[dir]', 'directory of rules (default: the one that serve would use)')
    .description(
      'Changes one setting in policy.yaml, for all mail or in the override of some, and shows the diff; all else in the file stays as it was written. Nothing is written unless the rules are valid with it. Exit code: 0, 1 where they would not be, 2 for a setting that there is not.',
    )
    .option('--alias <id>', 'only for mail of this alias')
    .option('--vendor <name>', 'only for mail of this vendor')
    .option('--function <name>', 'only for otp, security, billing, share or marketing')
    .option('--recipient-domain <domain>', 'only for mail to this domain')
    .option('--rcpt <address>', 'only for mail to this recipient')
    .option('--dry-run', 'show the diff and what is wrong, and write nothing')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch rules set quarantine.floorBits 15 --alias paypal-service --dry-run',
    )
    .action(async (path: string, value: string, directory: string | undefined, flags: SetFlags) => {
      const { setRule } = await import('./rules/set.ts');
      await setRule(context, { path, value }, directory, flags);
    });
  addSettingOptions(set, []);
}

function addReferenceCommand(rules: Command, context: CommandContext): void {
  rules
    .command('reference')
    .description(
      'Prints what conditions (conditions.yaml) may read and call: every field with type, range and example, and worked examples. Exit code: 0.',
    )
    .option('--write <file>', 'write it to a file instead')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch rules reference --write docs/conditions.md')
    .action(async (flags: ReferenceFlags) => {
      const { printReference } = await import('./rules/print-reference.ts');
      await printReference(context, flags);
    });
}

function addSchemaCommand(rules: Command, context: CommandContext): void {
  const schema = rules
    .command('schema')
    .argument('[dir]', 'directory of rules (default: the one that serve would use)')
    .description(
      'Writes the JSON Schemas by which editors complete and explain every field of the rules into the folder `schema` of the directory, or checks them. Exit code: 0 up to date, 1 not.',
    )
    .option('--write', 'write what is missing or out of date')
    .option('--check', 'fail where one is missing or out of date')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch rules schema --write ./rules')
    .action(async (directory: string | undefined, flags: SchemaFlags) => {
      const { ruleSchemaFiles } = await import('./rules/rule-schema-files.ts');
      await ruleSchemaFiles(context, directory, flags);
    });
  addSettingOptions(schema, []);
}
