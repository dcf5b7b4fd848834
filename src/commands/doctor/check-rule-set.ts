import { loadRules } from '../../config/load-rules.ts';
import type { Settings } from '../../config/settings.ts';
import { failed, ok, type Finding } from './finding.ts';

const name = 'rules';

export async function checkRuleSet({
  rulesDir,
  mode,
}: Pick<Settings, 'rulesDir' | 'mode'>): Promise<Finding> {
  const loading = await loadRules(rulesDir);
  if (!loading.ok) {
    const [first] = loading.problems;
    const count = loading.problems.length;
    const problem = first === undefined ? '' : `: ${first.file}:${first.line}: ${first.message}`;
    return failed(
      name,
      `${rulesDir} has ${count === 1 ? 'a problem' : `${count} problems`}${problem}`,
      [`\`aliaswatch rules check ${rulesDir}\` shows every one with its fix`],
    );
  }
  const { version, aliases, policy } = loading.rules;
  return ok(name, `version ${version}, ${aliases.length} aliases, mode ${mode ?? policy.mode}`);
}
