import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FoundProblem } from '../config/explain-issue.ts';
import type { RuleProblem } from '../config/rule-problem.ts';
import { maxCases, ruleTestsSchema, type WrittenCase } from '../config/rule-tests-schema.ts';
import type { RuleSet } from '../config/rule-set.ts';
import { readYamlOfRules, wholeFile, type YamlFile } from '../config/yaml-file.ts';
import { yamlValue } from '../config/yaml-value.ts';
import { unknownNames } from './known-names.ts';
import { createMessageSource } from './message-source.ts';
import { resolveCase, type CaseSource } from './resolve-case.ts';
import type { RuleTest } from './rule-test.ts';

export type RuleTestLoading =
  | { readonly ok: true; readonly tests: readonly RuleTest[] }
  | { readonly ok: false; readonly problems: readonly RuleProblem[] };

type CaseFile = { readonly file: YamlFile; readonly cases: readonly WrittenCase[] };

/**
 * Reads `tests/*.yaml` of a rules directory and the messages they name; every problem of every file at once, never
 * throws. A directory without tests has none. They change no verdict, so they are no part of a rule set or its version.
 */
export async function loadRuleTests(directory: string, rules: RuleSet): Promise<RuleTestLoading> {
  const folder = join(directory, 'tests');
  const names = await testFiles(folder);
  const problems: RuleProblem[] = [...names.problems];
  const files: CaseFile[] = [];
  for (const name of names.files) {
    const reading = await readCases(join(folder, name));
    if (reading.ok) files.push(reading);
    else problems.push(...reading.problems);
  }
  problems.push(...repeatedNames(files), ...tooMany(files));
  const messages = createMessageSource(folder);
  const tests: RuleTest[] = [];
  for (const { file, cases } of files) {
    for (const [index, written] of cases.entries()) {
      const source: CaseSource = { file: file.path, index, line: lineOf(file, index), written };
      const { test, found } = await resolveCase(source, messages);
      if (test) tests.push(test);
      const all = [...found, ...unknownNames(written, rules)];
      problems.push(...all.map((problem) => locate(file, index, problem)));
    }
  }
  return problems.length === 0 ? { ok: true, tests } : { ok: false, problems };
}

function locate(file: YamlFile, index: number, found: FoundProblem): RuleProblem {
  return file.locate({ ...found, path: ['cases', index, ...found.path] });
}

function lineOf(file: YamlFile, index: number): number {
  return locate(file, index, { path: ['name'], message: '', hint: '', on: 'key' }).line;
}

type TestFiles = { readonly files: readonly string[]; readonly problems: readonly RuleProblem[] };

async function testFiles(folder: string): Promise<TestFiles> {
  try {
    const names = (await readdir(folder)).filter(
      (name) => /\.ya?ml$/i.test(name) && !name.startsWith('.'),
    );
    return {
      files: names.filter((name) => name.endsWith('.yaml')).sort(),
      problems: names
        .filter((name) => !name.endsWith('.yaml'))
        .map((name) =>
          wholeFile(
            join(folder, name),
            'nothing reads this file',
            'rename it so that it ends in .yaml',
          ),
        ),
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { files: [], problems: [] };
    return { files: [], problems: [wholeFile(folder, 'this directory may not be read', '')] };
  }
}

async function readCases(
  path: string,
): Promise<
  | ({ readonly ok: true } & CaseFile)
  | { readonly ok: false; readonly problems: readonly RuleProblem[] }
> {
  const reading = await readYamlOfRules(path);
  if (!reading.ok) return reading;
  const { file } = reading;
  const outcome = yamlValue(file, ruleTestsSchema);
  return outcome.ok ? { ok: true, file, cases: outcome.value.cases } : outcome;
}

/** A name is what a report and `--only` know a case by. */
function repeatedNames(files: readonly CaseFile[]): readonly RuleProblem[] {
  const seen = new Map<string, string>();
  return files.flatMap(({ file, cases }) =>
    cases.flatMap(({ name }, index) => {
      const elsewhere = seen.get(name);
      seen.set(name, file.path);
      if (elsewhere === undefined) return [];
      const message = `another case, in ${elsewhere}, has this name`;
      const hint = 'say in the name what this one shows';
      return [locate(file, index, { path: ['name'], message, hint, on: 'value' })];
    }),
  );
}

function tooMany(files: readonly CaseFile[]): readonly RuleProblem[] {
  const total = files.reduce((sum, { cases }) => sum + cases.length, 0);
  const [first] = files;
  if (first === undefined || total <= maxCases) return [];
  const message = `all files together hold ${total} cases, ${maxCases} are the most`;
  return [wholeFile(first.file.path, message, 'for a corpus use `aliaswatch evaluate`')];
}
