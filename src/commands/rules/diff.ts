import { stat } from 'node:fs/promises';
import type { RuleSetStore } from '../../activation/rule-set-store.ts';
import { loadRules } from '../../config/load-rules.ts';
import type { RuleFiles } from '../../config/rule-source.ts';
import { unifiedDiff } from '../../unified-diff.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../command.ts';
import { unusableRules } from '../command-rules.ts';
import { settingsFor } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';
import { readStoredRules } from './stored-rules.ts';

export type DiffFlags = SettingFlags & { readonly json?: boolean };

type Differing = {
  readonly file: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly diff: string;
};

/** Shows how two rule sets differ, file by file. */
export async function diffRules(
  context: CommandContext,
  [left, right]: readonly [left: string, right: string],
  { json = false, ...flags }: DiffFlags,
): Promise<void> {
  await using store = await readStoredRules(await settingsFor(context, flags));
  const [before, after] = [await filesOf(left, store), await filesOf(right, store)];
  const files = differences(before, after);
  if (json) printJson(context, { from: left, to: right, files });
  else if (files.length === 0) context.stdout.write(`${left} and ${right} are the same\n`);
  else
    for (const { file, change, diff } of files) {
      const from = change === 'added' ? '/dev/null' : `${left}/${file}`;
      const to = change === 'removed' ? '/dev/null' : `${right}/${file}`;
      context.stdout.write(`--- ${from}\n+++ ${to}\n${diff}`);
    }
}

/** A name that the command line has for a set: its version, `active`, `candidate`, or a directory. */
async function filesOf(name: string, store: RuleSetStore): Promise<RuleFiles> {
  const { active, candidate } = await store.inForce();
  const named = new Map([
    ['active', active],
    ['candidate', candidate?.version ?? null],
  ]);
  const version = named.get(name) ?? name;
  if (/^[0-9a-f]{12}$/.test(version)) {
    const files = await store.filesOf(version);
    if (files !== null) return files;
  }
  if (await isDirectory(name)) {
    const loading = await loadRules(name);
    if (loading.ok) return loading.rules.files;
    throw unusableRules(name, loading.problems, exitCodes.failed);
  }
  throw new CommandFailure(
    `${name} is neither a stored version nor a directory: \`aliaswatch rules history\` shows the versions; \`active\` and \`candidate\` stand for those in use`,
  );
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function differences(before: RuleFiles, after: RuleFiles): readonly Differing[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((file) => {
    const [left, right] = [before.get(file), after.get(file)];
    if (left !== undefined && right !== undefined && left.equals(right)) return [];
    const change = left === undefined ? 'added' : right === undefined ? 'removed' : 'changed';
    return [{ file, change, diff: unifiedDiff(textOf(left), textOf(right)) }];
  });
}

function textOf(bytes: Buffer | undefined): string {
  return bytes?.toString('utf8') ?? '';
}
