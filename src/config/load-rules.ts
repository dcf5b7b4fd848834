import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import type * as z from 'zod';
import { causesSchema, causeTableFrom } from './causes-schema.ts';
import { findProblems } from './explain-issue.ts';
import { languageCodeOf, languageSchema, type LanguageFile } from './language-schema.ts';
import { unknownAliases } from './known-aliases.ts';
import { listsFrom, listsSchema } from './lists-schema.ts';
import { noticesSchema } from './notices-schema.ts';
import type { NoticeTexts } from '../notices/notice-texts.ts';
import { policySchema } from './policy-schema.ts';
import { readPopularDomains } from './popular-domains.ts';
import { listRuleFiles } from './rule-file-names.ts';
import type { RuleProblem, RuleWarning } from './rule-problem.ts';
import type { RuleSet } from './rule-set.ts';
import { packagedRules } from './settings.ts';
import { aliasesFrom, vendorSchema } from './vendor-schema.ts';
import { readYamlFile, type YamlFile } from './yaml-file.ts';

export type RuleLoading =
  | { readonly ok: true; readonly rules: RuleSet; readonly warnings: readonly RuleWarning[] }
  | { readonly ok: false; readonly problems: readonly RuleProblem[] };

type Read<Value> = { readonly file: YamlFile; readonly value: Value };
type Vendor = Read<z.output<typeof vendorSchema>>;

/** Reads and validates everything under a rules directory; reports every problem of every file at once, never throws. */
export async function loadRules(directory: string): Promise<RuleLoading> {
  const names = await listRuleFiles(directory);
  const problems: RuleProblem[] = [...names.problems];
  const contents = new Map<string, Buffer>();
  const read = async <Schema extends z.ZodType>(
    name: string,
    schema: Schema,
    from = directory,
  ): Promise<Read<z.output<Schema>> | null> => {
    const reading = await readYamlFile(join(from, name));
    if (!reading.ok) {
      problems.push(...reading.problems);
      return null;
    }
    const { file } = reading;
    contents.set(name, file.bytes);
    const found = [
      ...file.problems,
      ...findProblems(schema, file.value).map((problem) => file.locate(problem)),
    ];
    problems.push(...found);
    return found.length === 0 ? { file, value: schema.parse(file.value) } : null;
  };
  const policy = await read('policy.yaml', policySchema);
  const causes = await read('causes.yaml', causesSchema);
  const lists = await read('lists.yaml', listsSchema);
  const vendors: Vendor[] = [];
  for (const name of names.vendors) {
    const vendor = await read(`aliases/${name}`, vendorSchema);
    if (vendor) vendors.push(vendor);
  }
  problems.push(...repetitions(vendors));
  const languages = new Map<string, LanguageFile>();
  for (const name of names.languages) {
    const language = await read(`languages/${name}`, languageSchema);
    if (language) languages.set(languageCodeOf(name) ?? '', language.value);
  }
  const notices = new Map<string, NoticeTexts>();
  const ours = names.notices.length > 0 ? names : await listRuleFiles(packagedRules);
  const from = ours === names ? directory : packagedRules;
  for (const name of ours.notices) {
    const texts = await read(`notices/${name}`, noticesSchema, from);
    if (texts) notices.set(languageCodeOf(name) ?? '', texts.value);
  }
  const popular = lists
    ? await readPopularDomains(resolve(directory, lists.value.popularDomainsFile))
    : null;
  if (popular?.ok === true) contents.set('popularDomainsFile', popular.bytes);
  else problems.push(...(popular?.problems ?? []));
  const aliases = vendors.flatMap(({ value }) => aliasesFrom(value));
  if (policy && lists && problems.length === 0)
    problems.push(...mistypedAliases(policy, lists, aliases));
  if (problems.length > 0 || !policy || !causes || !lists || popular?.ok !== true)
    return { ok: false, problems: inFileOrder(problems) };
  return {
    ok: true,
    warnings: [],
    rules: {
      version: versionOf(contents),
      policy: policy.value,
      causes: causeTableFrom(causes.value),
      lists: listsFrom(lists.value, languages, popular.domains),
      aliases,
      notices,
    },
  };
}

type Policy = Read<z.output<typeof policySchema>>;
type ListsFile = Read<z.output<typeof listsSchema>>;

/** Settings of an alias that nobody knows would be in force for nobody. */
function mistypedAliases(
  policy: Policy,
  lists: ListsFile,
  aliases: RuleSet['aliases'],
): readonly RuleProblem[] {
  const { watch, limits } = policy.value;
  const given = { aliases, watch };
  const ceilings = { keys: Object.keys(limits.aliases), path: ['limits', 'aliases'] };
  const actors = { keys: Object.keys(lists.value.ourActors), path: ['ourActors'] };
  return [
    ...unknownAliases(ceilings, { ...given, orVendors: false }).map((found) =>
      policy.file.locate(found),
    ),
    ...unknownAliases(actors, { ...given, orVendors: true }).map((found) =>
      lists.file.locate(found),
    ),
  ];
}

/** Vendors, ids and addresses that stand twice in the catalogue. */
function repetitions(vendors: readonly Vendor[]): readonly RuleProblem[] {
  const problems: RuleProblem[] = [];
  const seen = new Map<string, string>();
  for (const { file, value } of vendors) {
    const check = (kind: string, name: string, path: readonly PropertyKey[]) => {
      const elsewhere = seen.get(`${kind} ${name}`);
      if (elsewhere !== undefined) {
        problems.push(
          file.locate({
            path,
            message: `${kind} \`${name}\` stands in ${elsewhere} already`,
            hint: 'remove one of the two',
            on: 'value',
          }),
        );
      }
      seen.set(`${kind} ${name}`, file.path);
    };
    check('vendor', value.vendor, ['vendor']);
    value.aliases.forEach(({ id, addresses }, index) => {
      check('alias', id, ['aliases', index, 'id']);
      addresses.forEach((address, position) => {
        check('address', address, ['aliases', index, 'addresses', position]);
      });
    });
  }
  return problems;
}

function versionOf(contents: ReadonlyMap<string, Buffer>): string {
  const hash = createHash('sha256');
  for (const [name, bytes] of [...contents].sort(([left], [right]) => (left < right ? -1 : 1))) {
    hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex').slice(0, 12);
}

function inFileOrder(problems: readonly RuleProblem[]): readonly RuleProblem[] {
  return [...problems].sort(
    (left, right) =>
      left.file.localeCompare(right.file) || left.line - right.line || left.column - right.column,
  );
}
