import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { editPolicy } from '../../config/edit-policy.ts';
import { knownSettings, unknownSettingHint } from '../../config/known-settings.ts';
import { loadRulesWith } from '../../config/load-rules.ts';
import {
  formatProblem,
  formatWarning,
  type RuleProblem,
  type RuleWarning,
} from '../../config/rule-problem.ts';
import type { OneOfEach } from '../../config/written-selector.ts';
import { readYamlFile, type YamlFile } from '../../config/yaml-file.ts';
import { flowText, writtenValue, type WrittenValue } from '../../config/yaml-text.ts';
import { unifiedFileDiff } from '../../unified-diff.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';
import { replaceFile } from './replace-file.ts';

export type SetFlags = SettingFlags & {
  readonly alias?: string;
  readonly vendor?: string;
  readonly function?: string;
  readonly recipientDomain?: string;
  readonly rcpt?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
};

type Setting = { readonly path: string; readonly value: string };

/** Changes one setting of `policy.yaml`, unless the rules would not be valid with it: then nothing is written. */
export async function setRule(
  context: CommandContext,
  { path, value }: Setting,
  given: string | undefined,
  flags: SetFlags,
): Promise<void> {
  const mail = mailMeant(flags);
  const put = checkedSetting({ path, value }, mail);
  const directory = given ?? (await settingsFor(context, flags)).rulesDir;
  const name = join(directory, 'policy.yaml');
  const about = { directory, path, value: put.value };
  const reading = await readYamlFile(name);
  if (!reading.ok) {
    refuse(context, { ...about, problems: reading.problems }, flags);
    return;
  }
  const { file } = reading;
  const before = file.bytes.toString('utf8');
  const edited = editPolicy(before, file.value, { path: path.split('.'), put, mail });
  if (edited === null)
    throw new CommandFailure(
      `${path} cannot be changed in place: what ${name} has there is no mapping, or refers to another part (\`*name\`); edit the file, then run \`aliaswatch rules check\``,
    );
  const { text, override } = edited;
  const candidate = new Map([['policy.yaml', Buffer.from(text)]]);
  const loading = await loadRulesWith(directory, candidate);
  if (!loading.ok) {
    refuse(context, { ...about, problems: loading.problems }, flags);
    return;
  }
  const diff = unifiedFileDiff(name, before, text);
  const written = diff !== '' && flags.dryRun !== true;
  if (written) await writeUnlessChanged(file, text);
  const { version } = loading.rules;
  const warnings = loading.warnings.filter((warning) => warning.file === name);
  report(context, { ...about, override, version, written, diff, warnings }, flags);
}

type About = { readonly directory: string; readonly path: string; readonly value: unknown };

function refuse(
  context: CommandContext,
  refused: About & { readonly problems: readonly RuleProblem[] },
  { json = false }: SetFlags,
): void {
  context.exit(exitCodes.failed);
  if (json) {
    printJson(context, { ok: false, ...refused, written: false });
    return;
  }
  const { directory, path, problems } = refused;
  context.stderr.write(
    `${problems.map(formatProblem).join('\n')}\nerror: ${path} is not changed: the rules in ${directory} would not be valid; nothing was written\n`,
  );
}

type Changed = About & {
  readonly override: number | null;
  /** Of the rules with the change. */
  readonly version: string;
  readonly written: boolean;
  readonly diff: string;
  readonly warnings: readonly RuleWarning[];
};

function report(context: CommandContext, changed: Changed, { json = false }: SetFlags): void {
  if (json) {
    printJson(context, { ok: true, ...changed, problems: [] });
    return;
  }
  for (const warning of changed.warnings) context.stderr.write(`${formatWarning(warning)}\n`);
  context.stdout.write(`${changed.diff}${outcomeText(changed)}\n`);
}

function outcomeText({ directory, path, value, diff, written, version }: Changed): string {
  if (diff === '') return `nothing to change: ${path} is ${flowText(value)} already`;
  if (!written) return `valid, version ${version}; nothing was written (--dry-run)`;
  return `written, version ${version}: a running gateway takes it by itself after check, test and gate (activation.watchFiles), unless it was activated before; else run \`aliaswatch rules activate ${directory}\``;
}

function mailMeant({
  alias,
  vendor,
  function: purpose,
  recipientDomain,
  rcpt,
}: SetFlags): OneOfEach {
  const named = { vendor, alias, function: purpose, recipientDomain, recipient: rcpt };
  return Object.fromEntries(Object.entries(named).filter(([, name]) => name !== undefined));
}

/** @throws CommandFailure for a path that no setting has, and for a value that is no YAML. */
function checkedSetting({ path, value }: Setting, mail: OneOfEach): WrittenValue {
  const usage = { exitCode: exitCodes.usage };
  const isForAll = Object.keys(mail).length === 0;
  const known = knownSettings(isForAll ? 'all mail' : 'some mail');
  if (!known.includes(path)) {
    if (!isForAll && knownSettings('all mail').includes(path))
      throw new CommandFailure(
        `${path} is the same for all mail: leave out what names some (--alias and the like)`,
        usage,
      );
    throw new CommandFailure(
      `no single setting is called ${path}; ${unknownSettingHint(path, known)}`,
      usage,
    );
  }
  const put = writtenValue(value);
  if (put !== null) return put;
  throw new CommandFailure(`\`${value}\` is no value in YAML: put text in quotes`, usage);
}

/** @throws CommandFailure where somebody else wrote meanwhile. */
async function writeUnlessChanged({ path, bytes }: YamlFile, text: string): Promise<void> {
  if (!(await readFile(path)).equals(bytes))
    throw new CommandFailure(`${path} was changed by somebody else just now; run it again`);
  await replaceFile(path, text);
}
