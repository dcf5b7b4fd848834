import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadRules } from '../../src/config/load-rules.ts';
import { smallCopyOfRules, type RuleDirectory } from '../config/rule-directory.ts';

/** Small rules without cases of their own. */
export async function smallRules(policy: string): Promise<RuleDirectory> {
  const rules = await smallCopyOfRules();
  await rm(join(rules.path, 'tests'), { recursive: true, force: true });
  await rules.write('policy.yaml', policy);
  return rules;
}

export async function versionOf(directory: string): Promise<string> {
  const loading = await loadRules(directory);
  assert.ok(loading.ok);
  return loading.rules.version;
}
