import { join } from 'node:path';
import { createCatalogue } from '../../alias/catalogue.ts';
import { mailFunctions, type Alias, type MailFunction } from '../../alias/alias.ts';
import { vendorSlug } from '../../alias/vendor-slug.ts';
import { loadRules } from '../../config/load-rules.ts';
import { formatProblem } from '../../config/rule-problem.ts';
import type { RuleSet } from '../../config/rule-set.ts';
import { readYamlFile, type YamlFile } from '../../config/yaml-file.ts';
import { explainPolicy, type SettingSource } from '../../decision/explain-policy.ts';
import { selectorKinds, type PolicyOverride } from '../../decision/policy-override.ts';
import { CommandFailure, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';
import { renderTable } from '../text-table.ts';
import { unknownName } from './unknown-name.ts';

export type ExplainFlags = SettingFlags & {
  readonly alias?: string;
  readonly vendor?: string;
  readonly function?: string;
  readonly rcpt?: readonly string[];
  readonly json?: boolean;
};

/** Every setting of the policy for some mail, and where it comes from. */
export async function explainRules(
  context: CommandContext,
  directory: string | undefined,
  flags: ExplainFlags,
): Promise<void> {
  const settings = await settingsFor(context, flags);
  const from = directory ?? settings.rulesDir;
  const loading = await loadRules(from);
  const reading = await readYamlFile(join(from, 'policy.yaml'));
  if (!loading.ok || !reading.ok) {
    const problems = loading.ok ? [] : loading.problems;
    throw new CommandFailure(
      `${problems.map(formatProblem).join('\n')}\n${from} has problems; nothing to explain`,
    );
  }
  const { rules } = loading;
  const alias = aliasOf(rules, flags);
  const purpose = functionOf(flags.function);
  const recipients = flags.rcpt ?? [];
  const { file } = reading;
  const { settings: explained, apart } = explainPolicy({
    policy: rules.policy,
    mail: { alias, purpose },
    recipients,
    mode: settings.mode,
    isWritten: (path) => isWritten(file.value, path.split('.')),
  });
  const rows = explained.map((setting) => ({
    ...setting,
    from: sourceText(setting.source, { path: setting.path, file, policy: rules.policy }),
  }));
  if (flags.json) {
    const { id = null, vendor = null } = alias ?? {};
    const mail = { alias: id === '' ? null : id, vendor, function: purpose, recipients };
    printJson(context, {
      directory: from,
      version: rules.version,
      ...mail,
      apart,
      settings: rows.map(({ path, value, source, from }) => ({ path, value, source, from })),
    });
    return;
  }
  context.stdout.write(
    renderTable(
      [{ heading: 'setting' }, { heading: 'value' }, { heading: 'from' }],
      rows.map(({ path, text, from }) => [path, text, from]),
    ),
  );
  for (const recipient of apart)
    context.stdout.write(
      `${recipient} may not share a transaction with ${recipients[0] ?? ''}: its mail may be held otherwise; the client is told to send it again (452 4.5.3)\n`,
    );
}

function aliasOf(
  rules: RuleSet,
  { alias: id, vendor }: ExplainFlags,
): Pick<Alias, 'id' | 'vendor'> | null {
  const { aliases } = createCatalogue(rules.aliases, rules.policy.watch);
  if (id !== undefined) {
    const found = aliases.find((alias) => alias.id === id);
    if (found !== undefined) return found;
    throw unknown(
      'alias',
      id,
      aliases.map((alias) => alias.id),
    );
  }
  if (vendor === undefined) return null;
  const found = aliases.find((alias) => vendorSlug(alias.vendor) === vendorSlug(vendor));
  if (found !== undefined) return { id: '', vendor: found.vendor };
  throw unknown('vendor', vendor, [...new Set(aliases.map((alias) => alias.vendor))]);
}

function functionOf(given: string | undefined): MailFunction | null {
  const found = mailFunctions.find((name) => name === given) ?? null;
  if (given === undefined || found !== null) return found;
  throw unknown('function', given, mailFunctions);
}

function unknown(kind: string, name: string, known: readonly string[]): CommandFailure {
  const all =
    kind === 'function' ? `one of: ${known.join(', ')}` : '`aliaswatch alias list` shows them';
  return unknownName({ kind, name }, known, all);
}

function isWritten(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false;
  return isWritten((value as Readonly<Record<string, unknown>>)[key], rest);
}

type Where = {
  readonly path: string;
  readonly file: YamlFile;
  readonly policy: RuleSet['policy'];
};

function sourceText(source: SettingSource, { path, file, policy }: Where): string {
  const lineOf = (keys: readonly PropertyKey[]) =>
    `policy.yaml:${file.locate({ path: keys, message: '', hint: '', on: 'key' }).line}`;
  switch (source.kind) {
    case 'default':
      return 'default';
    case 'policy':
      return lineOf(path.split('.'));
    case 'override': {
      const { override: index } = source;
      const line = lineOf(['overrides', index, 'set', ...path.split('.')]);
      const override = policy.overrides[index];
      return `${line} overrides[${index}] (for ${override === undefined ? '' : selectorsText(override)})`;
    }
    case 'mode':
      return '--mode';
    case 'joint':
      return 'what the policies of all recipients come to together';
  }
}

function selectorsText({ for: selectors }: PolicyOverride): string {
  return selectorKinds
    .flatMap((kind) => {
      const names = selectors[kind];
      return names === undefined ? [] : [`${kind} ${[...names].join(' or ')}`];
    })
    .join(' and ');
}
