import { join } from 'node:path';
import { loadRules } from '../../config/load-rules.ts';
import { formatProblem, formatWarning, type RuleWarning } from '../../config/rule-problem.ts';
import type { RuleSet } from '../../config/rule-set.ts';
import { wholeFile } from '../../config/yaml-file.ts';
import { loadRuleTests } from '../../rule-tests/load-rule-tests.ts';
import { exitCodes, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';
import { unsealedWarning } from './unsealed-warning.ts';

export type RulesFlags = SettingFlags & { readonly json?: boolean };

/** Validates a directory of rules, by default the one in force. */
export async function checkRules(
  context: CommandContext,
  directory: string | undefined,
  flags: RulesFlags,
): Promise<void> {
  const checked = directory ?? (await settingsFor(context, flags)).rulesDir;
  const loading = await loadRules(checked);
  if (!loading.ok) context.exit(exitCodes.failed);
  const warnings = loading.ok
    ? [
        ...loading.warnings,
        ...(await warningsOf(loading.rules, join(checked, 'policy.yaml'), context, flags)),
        ...(await brokenCases(checked, loading.rules)),
      ]
    : [];
  if (flags.json) {
    const { problems } = loading.ok ? { problems: [] } : loading;
    printJson(context, {
      ok: loading.ok,
      directory: checked,
      ...(loading.ok ? countsOf(loading.rules) : {}),
      problems,
      warnings,
    });
  } else if (loading.ok) {
    for (const warning of warnings) context.stderr.write(`${formatWarning(warning)}\n`);
    const counts = countsOf(loading.rules);
    context.stdout.write(
      `${checked}: valid, version ${counts.version}: ${counts.aliases} aliases with ${counts.addresses} addresses, ${counts.attackCauses} attack causes, ${counts.benignCauses} benign causes, ${counts.lureWords} lure words of ${counts.languages} languages, ${counts.brands} brands, ${counts.popularDomains} popular domains\n`,
    );
  } else {
    const { problems } = loading;
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    context.stderr.write(
      `${problems.map(formatProblem).join('\n')}\nerror: ${checked} has ${count}; these rules would not be activated\n`,
    );
  }
}

/** What only the settings of this machine tell. */
async function warningsOf(
  { policy }: RuleSet,
  file: string,
  context: CommandContext,
  flags: RulesFlags,
): Promise<readonly RuleWarning[]> {
  // Rules are checked where there are no settings, too.
  if (unsealedWarning(policy, { arcKeyFile: null }) === null) return [];
  const unsealed = unsealedWarning(policy, await settingsFor(context, flags));
  return unsealed === null ? [] : [wholeFile(file, unsealed.message, unsealed.advice)];
}

/** Cases that cannot be run change no verdict: the rules are valid without them. */
async function brokenCases(directory: string, rules: RuleSet): Promise<readonly RuleWarning[]> {
  const loading = await loadRuleTests(directory, rules);
  return loading.ok ? [] : loading.problems;
}

function countsOf({ version, aliases, causes, lists }: RuleSet) {
  return {
    version,
    aliases: aliases.length,
    addresses: aliases.reduce((sum, alias) => sum + alias.addresses.length, 0),
    attackCauses: causes.attack.length,
    benignCauses: causes.benign.length,
    lureWords: [...lists.lureWords.values()].reduce((sum, words) => sum + words.size, 0),
    languages: lists.commonWords.size,
    brands: lists.brands.size,
    popularDomains: lists.popularDomains.size,
  };
}
