import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type * as z from 'zod';
import { causesSchema, causeTableFrom } from './causes-schema.ts';
import { findProblems } from './explain-issue.ts';
import { listsFrom, listsSchema } from './lists-schema.ts';
import { nearestName } from './nearest-name.ts';
import { policySchema } from './policy-schema.ts';
import type { RuleProblem } from './rule-problem.ts';
import type { RuleSet } from './rule-set.ts';
import { aliasesFrom, vendorSchema } from './vendor-schema.ts';
import { readYamlFile, type YamlFile } from './yaml-file.ts';

export type RuleLoading =
  | { readonly ok: true; readonly rules: RuleSet }
  | { readonly ok: false; readonly problems: readonly RuleProblem[] };

type Read<Value> = { readonly file: YamlFile; readonly value: Value };
type Vendor = Read<z.output<typeof vendorSchema>>;

const rootFiles = ['policy.yaml', 'causes.yaml', 'lists.yaml'];

/** Reads and validates everything under a rules directory; reports every problem of every file at once, never throws. */
export async function loadRules(directory: string): Promise<RuleLoading> {
  const problems: RuleProblem[] = [];
  const vendorFiles = await listVendorFiles(directory, problems);
  const contents = new Map<string, Buffer>();
  const read = async <Schema extends z.ZodType>(
    name: string,
    schema: Schema,
  ): Promise<Read<z.output<Schema>> | null> => {
    const reading = await readYamlFile(join(directory, name));
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
  for (const name of vendorFiles) {
    const vendor = await read(`aliases/${name}`, vendorSchema);
    if (vendor) vendors.push(vendor);
  }
  problems.push(...repetitions(vendors));
  if (problems.length > 0 || !policy || !causes || !lists)
    return { ok: false, problems: inFileOrder(problems) };
  return {
    ok: true,
    rules: {
      version: versionOf(contents),
      policy: policy.value,
      causes: causeTableFrom(causes.value),
      lists: listsFrom(lists.value),
      aliases: vendors.flatMap(({ value }) => aliasesFrom(value)),
    },
  };
}

/** Names of the vendor files, sorted. A YAML file that nothing reads is a problem: it is a slip, and it would be silent. */
async function listVendorFiles(
  directory: string,
  problems: RuleProblem[],
): Promise<readonly string[]> {
  const complain = (file: string, message: string, hint: string) =>
    problems.push({ file, line: 1, column: 1, path: '', message, hint, excerpt: '' });
  const list = async (folder: string): Promise<readonly string[]> => {
    try {
      const names = await readdir(folder);
      return names.filter((name) => /\.ya?ml$/i.test(name) && !name.startsWith('.')).sort();
    } catch {
      complain(
        folder,
        'there is no such directory, or it may not be read',
        'copy the `rules` directory that ships with Aliaswatch and edit the copy',
      );
      return [];
    }
  };
  for (const name of await list(directory)) {
    if (rootFiles.includes(name)) continue;
    const near = nearestName(name, rootFiles);
    complain(
      join(directory, name),
      'nothing reads this file',
      near === null
        ? `read are ${rootFiles.join(', ')} and aliases/*.yaml`
        : `did you mean ${near}?`,
    );
  }
  const names = await list(join(directory, 'aliases'));
  for (const name of names.filter((name) => !name.endsWith('.yaml'))) {
    complain(
      join(directory, 'aliases', name),
      'nothing reads this file',
      'rename it so that it ends in .yaml',
    );
  }
  return names.filter((name) => name.endsWith('.yaml'));
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
