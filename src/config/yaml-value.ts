import type * as z from 'zod';
import { readAgainst } from './explain-issue.ts';
import type { RuleProblem } from './rule-problem.ts';
import type { YamlFile } from './yaml-file.ts';

/** What a schema makes of a file that was read, or all that is wrong with it, each problem at its place. Pure. */
export function yamlValue<Schema extends z.ZodType>(
  file: YamlFile,
  schema: Schema,
):
  | { readonly ok: true; readonly value: z.output<Schema> }
  | { readonly ok: false; readonly problems: readonly RuleProblem[] } {
  const outcome = readAgainst(schema, file.value);
  const found = outcome.ok ? [] : outcome.problems.map((problem) => file.locate(problem));
  const problems = [...file.problems, ...found];
  return outcome.ok && problems.length === 0 ? outcome : { ok: false, problems };
}
