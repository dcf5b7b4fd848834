import { languageCodeOf } from './language-schema.ts';
import { nearestName } from './nearest-name.ts';
import type { RuleProblem } from './rule-problem.ts';
import type { RuleSource } from './rule-source.ts';
import { wholeFile } from './yaml-file.ts';

const rootFiles = ['policy.yaml', 'causes.yaml', 'lists.yaml', 'conditions.yaml'];

export type RuleFileNames = {
  /** All sorted, without their folder. */
  readonly vendors: readonly string[];
  readonly languages: readonly string[];
  /** Empty where there is no such folder. */
  readonly notices: readonly string[];
  /** The only file of the folder itself that may be absent. */
  readonly hasConditions: boolean;
  readonly problems: readonly RuleProblem[];
};

/**
 * Names of the files that an operator may add to a rules directory. A YAML file that nothing reads is a problem: it is
 * a slip, and it would be silent.
 */
export async function listRuleFiles(source: RuleSource): Promise<RuleFileNames> {
  const aliases = await yamlNames(source, 'aliases');
  const languages = await yamlNames(source, 'languages');
  const notices = await yamlNames(source, 'notices', { mayBeAbsent: true });
  const root = await yamlNames(source, '');
  const problems = [
    ...root.problems,
    ...root.names
      .filter((name) => !rootFiles.includes(name))
      .map((name) => unread(source.pathOf(name), hintFor(name))),
    ...aliases.problems,
    ...aliases.names
      .filter((name) => !name.endsWith('.yaml'))
      .map((name) =>
        unread(source.pathOf(`aliases/${name}`), 'rename it so that it ends in .yaml'),
      ),
    ...languages.problems,
    ...languages.names
      .filter((name) => languageCodeOf(name) === null)
      .map((name) =>
        unread(
          source.pathOf(`languages/${name}`),
          'name it after a language code, such as `en.yaml`, or `any.yaml`',
        ),
      ),
    ...notices.problems,
    ...notices.names
      .filter((name) => !isNoticeFile(name))
      .map((name) =>
        unread(
          source.pathOf(`notices/${name}`),
          'name it after a language code, such as `en.yaml`',
        ),
      ),
  ];
  return {
    vendors: aliases.names.filter((name) => name.endsWith('.yaml')),
    languages: languages.names.filter((name) => languageCodeOf(name) !== null),
    notices: notices.names.filter(isNoticeFile),
    hasConditions: root.names.includes('conditions.yaml'),
    problems,
  };
}

function isNoticeFile(name: string): boolean {
  return name !== 'any.yaml' && languageCodeOf(name) !== null;
}

async function yamlNames(
  source: RuleSource,
  folder: string,
  { mayBeAbsent = false }: { readonly mayBeAbsent?: boolean } = {},
): Promise<{ readonly names: readonly string[]; readonly problems: readonly RuleProblem[] }> {
  const names = await source.list(folder);
  if (typeof names !== 'string')
    return {
      names: names.filter((name) => /\.ya?ml$/i.test(name) && !name.startsWith('.')).sort(),
      problems: [],
    };
  if (mayBeAbsent && names === 'absent') return { names: [], problems: [] };
  const message = 'there is no such directory, or it may not be read';
  const hint = 'copy the `rules` directory that ships with Aliaswatch and edit the copy';
  return { names: [], problems: [wholeFile(source.pathOf(folder), message, hint)] };
}

function unread(file: string, hint: string): RuleProblem {
  return wholeFile(file, 'nothing reads this file', hint);
}

function hintFor(name: string): string {
  const near = nearestName(name, rootFiles);
  return near === null
    ? `read are ${rootFiles.join(', ')}, aliases/*.yaml, languages/*.yaml and notices/*.yaml`
    : `did you mean ${near}?`;
}
