import { createHash } from 'node:crypto';
import type * as z from 'zod';
import { causesSchema, causeTableFrom } from './causes-schema.ts';
import { conditionsFrom } from './conditions-from.ts';
import { conditionsSchema } from './conditions-schema.ts';
import { languageCodeOf, languageSchema, type LanguageFile } from './language-schema.ts';
import type { FoundProblem } from './explain-issue.ts';
import { unknownAliases } from './known-aliases.ts';
import { listsFrom, listsSchema } from './lists-schema.ts';
import { noticesSchema } from './notices-schema.ts';
import type { NoticeTexts } from '../notices/notice-texts.ts';
import { overrideConflicts } from './override-conflicts.ts';
import { namesOfNobody, watchedAliases } from './override-names.ts';
import { policySchema } from './policy-schema.ts';
import { maxPopularDomainsBytes, popularDomainsIn } from './popular-domains.ts';
import { createRuleFileReader } from './read-rule-file.ts';
import { listRuleFiles } from './rule-file-names.ts';
import type { RuleProblem, RuleWarning } from './rule-problem.ts';
import type { RuleSet } from './rule-set.ts';
import {
  directorySource,
  popularDomainsName,
  storedSource,
  withFiles,
  type RuleFiles,
  type RuleSource,
} from './rule-source.ts';
import { packagedRules } from './settings.ts';
import { aliasesFrom, vendorSchema } from './vendor-schema.ts';
import { rulesWarnings } from './warnings/rule-warnings.ts';
import type { YamlFile } from './yaml-file.ts';

export type RuleLoading =
  | { readonly ok: true; readonly rules: RuleSet; readonly warnings: readonly RuleWarning[] }
  | { readonly ok: false; readonly problems: readonly RuleProblem[] };

type Read<Value> = {
  readonly file: Pick<YamlFile, 'path' | 'value' | 'locate'>;
  readonly value: Value;
};
type Vendor = Read<z.output<typeof vendorSchema>>;

/** One for the process: of most sets it has read all files but one or two before. */
const readRuleFile = createRuleFileReader();

/** Reads and validates everything under a rules directory; reports every problem of every file at once, never throws. */
export async function loadRules(directory: string): Promise<RuleLoading> {
  return loadFrom(directorySource(directory));
}

/** The same of the files of a set that was loaded before, here or elsewhere; its version is the same. */
export async function loadRulesFrom(files: RuleFiles): Promise<RuleLoading> {
  return loadFrom(storedSource(files));
}

/** The same of a directory as it would be with other files in the place of those of the same names. */
export async function loadRulesWith(directory: string, files: RuleFiles): Promise<RuleLoading> {
  return loadFrom(withFiles(directorySource(directory), files));
}

async function loadFrom(source: RuleSource): Promise<RuleLoading> {
  const names = await listRuleFiles(source);
  const problems: RuleProblem[] = [...names.problems];
  const contents = new Map<string, Buffer>();
  const read = async <Schema extends z.ZodType>(
    name: string,
    schema: Schema,
    from = source,
  ): Promise<Read<z.output<Schema>> | null> => {
    const reading = await readRuleFile(name, schema, from);
    if (reading.bytes !== null) contents.set(name, reading.bytes);
    problems.push(...reading.problems);
    return reading.read;
  };
  const policy = await read('policy.yaml', policySchema);
  const causes = await read('causes.yaml', causesSchema);
  const lists = await read('lists.yaml', listsSchema);
  const written = names.hasConditions ? await read('conditions.yaml', conditionsSchema) : null;
  const vendors: Vendor[] = [];
  for (const name of names.vendors) {
    const vendor = await read(`aliases/${name}`, vendorSchema);
    if (vendor) vendors.push(vendor);
  }
  problems.push(...repetitions(vendors));
  const languages = new Map<string, Read<LanguageFile>>();
  for (const name of names.languages) {
    const language = await read(`languages/${name}`, languageSchema);
    if (language) languages.set(languageCodeOf(name) ?? '', language);
  }
  const notices = new Map<string, NoticeTexts>();
  const packaged = directorySource(packagedRules);
  const ours = names.notices.length > 0 ? names : await listRuleFiles(packaged);
  const from = ours === names ? source : packaged;
  for (const name of ours.notices) {
    const texts = await read(`notices/${name}`, noticesSchema, from);
    if (texts) notices.set(languageCodeOf(name) ?? '', texts.value);
  }
  const popular = lists ? await readPopular(source, lists.value.popularDomainsFile) : null;
  if (popular?.ok === true) contents.set(popularDomainsName, popular.bytes);
  else problems.push(...(popular?.problems ?? []));
  const aliases = vendors.flatMap(({ value }) => aliasesFrom(value));
  if (policy && lists && problems.length === 0)
    problems.push(...settingsOfNobody(policy, lists, aliases));
  const causeTable = causes && causeTableFrom(causes.value);
  const reading =
    written && policy && causeTable && lists
      ? conditionsFrom(written.value.conditions, {
          aliases,
          policy: policy.value,
          causes: causeTable,
          sets: Object.keys(lists.value.sets),
        })
      : noConditions;
  const locate = (found: FoundProblem) => written?.file.locate(found) ?? [];
  problems.push(...reading.problems.flatMap(locate));
  if (problems.length > 0 || !policy || !causes || !causeTable || !lists || popular?.ok !== true)
    return { ok: false, problems: inFileOrder(problems) };
  return {
    ok: true,
    warnings: inFileOrder([
      ...reading.warnings.flatMap(locate),
      ...rulesWarnings({
        policy,
        causes,
        lists,
        vendors,
        languages,
        popularDomains: popular.domains,
      }),
    ]),
    rules: {
      version: versionOf(contents),
      policy: policy.value,
      causes: causeTable,
      conditions: reading.conditions,
      lists: listsFrom(lists.value, valuesOf(languages), popular.domains),
      aliases,
      notices,
      files: contents,
    },
  };
}

function valuesOf<Value>(documents: ReadonlyMap<string, Read<Value>>): ReadonlyMap<string, Value> {
  return new Map([...documents].map(([name, { value }]) => [name, value]));
}

const noConditions = { conditions: [], problems: [], warnings: [] };

async function readPopular(source: RuleSource, named: string) {
  const bytes = await source.read(source.popularDomains(named), maxPopularDomainsBytes);
  return popularDomainsIn(source.pathOf(named), bytes);
}

type Policy = Read<z.output<typeof policySchema>>;
type ListsFile = Read<z.output<typeof listsSchema>>;

/** Settings for mail that nobody sends or gets, or that other settings take back. */
function settingsOfNobody(
  policy: Policy,
  lists: ListsFile,
  aliases: RuleSet['aliases'],
): readonly RuleProblem[] {
  const watched = watchedAliases(aliases, policy.value);
  const written = () => policy.file.value;
  const names = namesOfNobody(policy.value, written, watched);
  const conflicts = names.length > 0 ? [] : overrideConflicts(policy.value, written, watched);
  const actors = { keys: Object.keys(lists.value.ourActors), path: ['ourActors'] };
  const given = { aliases, watch: policy.value.watch, orVendors: true };
  return [
    ...[...names, ...conflicts].map((found) => policy.file.locate(found)),
    ...unknownAliases(actors, given).map((found) => lists.file.locate(found)),
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
