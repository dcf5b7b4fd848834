import type * as z from 'zod';
import { causesSchema } from './causes-schema.ts';
import { conditionsSchema } from './conditions-schema.ts';
import { jsonSchemaOf, type JsonSchema } from './json-schema.ts';
import { languageSchema } from './language-schema.ts';
import { listsSchema } from './lists-schema.ts';
import { noticesSchema } from './notices-schema.ts';
import { policySchema } from './policy-schema.ts';
import { ruleTestsSchema } from './rule-tests-schema.ts';
import { vendorSchema } from './vendor-schema.ts';

/** One kind of rule file: the schema that validates it, and what it is for. */
export type RuleFileKind = {
  /** The JSON Schema is `schema/<name>.json`. */
  readonly name: string;
  /** Of whose files it is, below the rules directory. */
  readonly files: RegExp;
  readonly schema: z.ZodType;
  readonly title: string;
  readonly description: string;
};

/** Every kind of YAML file under a rules directory. */
export const ruleFileKinds: readonly RuleFileKind[] = [
  {
    name: 'policy',
    files: /^policy\.yaml$/,
    schema: policySchema,
    title: 'policy.yaml',
    description: 'What follows from a score: mode, budgets, actions, learning.',
  },
  {
    name: 'causes',
    files: /^causes\.yaml$/,
    schema: causesSchema,
    title: 'causes.yaml',
    description: 'Attack causes and benign causes: how often each is, and what it shows.',
  },
  {
    name: 'lists',
    files: /^lists\.yaml$/,
    schema: listsSchema,
    title: 'lists.yaml',
    description: 'Named sets: free hosting, shorteners, brands, our own accounts.',
  },
  {
    name: 'conditions',
    files: /^conditions\.yaml$/,
    schema: conditionsSchema,
    title: 'conditions.yaml',
    description:
      "Operators' own conditions, in CEL: what they move in the score, or what they ask for.",
  },
  {
    name: 'language',
    files: /^languages\/[^/]+\.yaml$/,
    schema: languageSchema,
    title: 'languages/<code>.yaml',
    description: 'Lure words and common words of one language.',
  },
  {
    name: 'vendor',
    files: /^aliases\/[^/]+\.yaml$/,
    schema: vendorSchema,
    title: 'aliases/<vendor>.yaml',
    description: 'What is known of the mail of one vendor.',
  },
  {
    name: 'notices',
    files: /^notices\/[^/]+\.yaml$/,
    schema: noticesSchema,
    title: 'notices/<code>.yaml',
    description: 'Texts of notices about held mail in one language.',
  },
  {
    name: 'rule-tests',
    files: /^tests\/[^/]+\.yaml$/,
    schema: ruleTestsSchema,
    title: 'tests/*.yaml',
    description: 'Cases that `aliaswatch rules test` judges with the engine of production.',
  },
];

/** Text of `schema/<name>.json` by file name. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    ruleFileKinds.map(({ name, schema, title, description }) => [
      `${name}.json`,
      jsonText(jsonSchemaOf(schema, title, description)),
    ]),
  );
}

/** First line of a rule file, by which editors find its schema; `file` is its path below the rules directory. */
export function schemaLine(file: string): string | null {
  const kind = ruleFileKinds.find(({ files }) => files.test(file));
  if (kind === undefined) return null;
  const up = '../'.repeat(file.split('/').length - 1);
  return `# yaml-language-server: $schema=${up}schema/${kind.name}.json`;
}

function jsonText(schema: JsonSchema): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
