import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { findProblems } from '../../src/config/explain-issue.ts';
import { loadRules } from '../../src/config/load-rules.ts';
import { ruleFileKinds, schemaFiles, schemaLine } from '../../src/config/rule-schemas.ts';
import { openShell } from '../commands/shell.ts';
import { shippedRules, smallCopyOfRules } from './rule-directory.ts';

type Node = Readonly<Record<string, unknown>>;

const schemas = new Map(
  [...schemaFiles()].map(([name, text]) => [name.replace('.json', ''), JSON.parse(text) as Node]),
);
const yamlNames = (await readdir(shippedRules, { recursive: true }))
  .filter((name) => name.endsWith('.yaml'))
  .sort();

/** Accepts or refuses as an editor does, by the draft that the schema names. */
const editors = new Map(
  [...schemas].map(([name, schema]): readonly [string, ValidateFunction] => {
    assert.equal(schema['$schema'], 'http://json-schema.org/draft-07/schema#');
    const ajv = new Ajv({ strict: true, strictRequired: false });
    addFormats.default(ajv);
    ajv.addKeyword('enumDescriptions');
    return [name, ajv.compile(schema)];
  }),
);

function editorOf(name: string): ValidateFunction {
  const editor = editors.get(name);
  assert.ok(editor, name);
  return editor;
}

function kindOf(file: string) {
  const kind = ruleFileKinds.find(({ files }) => files.test(file));
  assert.ok(kind, file);
  return kind;
}

/** Every node of a schema that stands for something an operator writes, with its path. */
function* nodesOf(node: Node, path: string): Generator<readonly [path: string, node: Node]> {
  yield [path, node];
  for (const key of ['properties', 'definitions'])
    for (const [name, inner] of Object.entries((node[key] ?? {}) as Node))
      yield* nodesOf(inner as Node, `${path}.${name}`);
  for (const key of ['items', 'additionalProperties'])
    if (typeof node[key] === 'object') yield* nodesOf(node[key] as Node, `${path}[]`);
  for (const key of ['anyOf', 'oneOf'])
    for (const inner of (node[key] ?? []) as readonly Node[]) yield* nodesOf(inner, `${path}|`);
}

function typeOf({ type }: Node): string {
  return typeof type === 'string' ? type : '';
}

/** Empty where there is none: `undefined` as text would pass for one. */
function descriptionOf({ description }: Node): string {
  return typeof description === 'string' ? description : '';
}

describe('the generated schemas', () => {
  test('are those that ship: `aliaswatch rules schema --write rules`', async () => {
    const shipped = await readdir(join(shippedRules, 'schema'));
    assert.deepEqual(shipped.sort(), [...schemaFiles().keys()].sort());
    for (const [name, text] of schemaFiles())
      assert.ok((await readFile(join(shippedRules, 'schema', name), 'utf8')) === text, name);
  });

  for (const [name, schema] of schemas) {
    test(`${name}: every field has a description, every leaf an example and its range`, () => {
      assert.match(descriptionOf(schema), /\w.{20,}/);
      for (const [path, node] of nodesOf(schema, name)) {
        for (const [field, inner] of Object.entries((node['properties'] ?? {}) as Node))
          assert.match(descriptionOf(inner as Node), /\w.{8,}/, `${path}.${field}`);
        const description = descriptionOf(node);
        if (['number', 'integer'].includes(typeOf(node)) && description !== '')
          assert.match(description, /Range: .* to /, path);
        if (typeof node['default'] === 'number')
          assert.ok(description.includes(`Default: ${String(node['default'])}.`), path);
        if (description !== '' && /^(?:string|number|integer|boolean)$/.test(typeOf(node)))
          assert.ok(Array.isArray(node['examples']), `${path} has no example`);
      }
    });

    test(`${name}: every example is right`, () => {
      const ajv = new Ajv({ strict: false });
      addFormats.default(ajv);
      const definitions = schema['definitions'];
      for (const [path, { examples, ...node }] of nodesOf(schema, name)) {
        if (!Array.isArray(examples)) continue;
        const accepts = ajv.compile(definitions === undefined ? node : { ...node, definitions });
        for (const example of examples)
          assert.ok(accepts(example), `${path}: ${JSON.stringify(example)}`);
      }
    });
  }
});

describe('a shipped rule file', () => {
  for (const name of ruleFileKinds.map((kind) => kind.name)) {
    test(`of kind ${name} names its schema in its first line, and fits it`, async () => {
      const accepts = editorOf(name);
      const files = yamlNames.filter((file) => kindOf(file).name === name);
      assert.ok(files.length > 0);
      for (const file of files) {
        const text = await readFile(join(shippedRules, file), 'utf8');
        const [first = ''] = text.split('\n', 1);
        assert.equal(first, schemaLine(file), file);
        const target = resolve(
          dirname(join(shippedRules, file)),
          first.replace(/^.*\$schema=/, ''),
        );
        assert.equal(relative(shippedRules, target), join('schema', `${name}.json`));
        assert.ok(accepts(parse(text)), `${file}: ${JSON.stringify(accepts.errors?.slice(0, 3))}`);
      }
    });
  }
});

const wrong: readonly { readonly kind: string; readonly value: unknown }[] = [
  { kind: 'policy', value: { mode: 'enfroce' } },
  { kind: 'policy', value: { tag: { budget: 0.5 } } },
  { kind: 'policy', value: { quarantine: { minDays: 1.5 } } },
  { kind: 'policy', value: { failopen: {} } },
  { kind: 'policy', value: { limits: { alias: { perHour: 0, action: 'tag' } } } },
  { kind: 'policy', value: { watch: ['Billing@Example.com'] } },
  { kind: 'causes', value: { signals: {}, attack: [], benign: [] } },
  { kind: 'lists', value: { freeHosting: 'example.com' } },
  { kind: 'language', value: { lureWords: { refund: 9 } } },
  { kind: 'language', value: { lureWords: { refund: 'much' } } },
  { kind: 'vendor', value: { vendor: 'Test', aliases: [] } },
  { kind: 'notices', value: { held: 'Held.' } },
];

describe('what an editor underlines is refused by `rules check` as well', () => {
  for (const { kind, value } of wrong)
    test(`${kind}: ${JSON.stringify(value)}`, () => {
      const found = ruleFileKinds.find(({ name }) => name === kind);
      assert.ok(found);
      assert.ok(!editorOf(kind)(value), 'the editor');
      assert.ok(findProblems(found.schema, value).length > 0, 'rules check');
    });
});

test('the folder schema is no rule: it changes neither validity nor version', async () => {
  await using directory = await smallCopyOfRules();
  const before = await loadRules(directory.path);
  await directory.write('schema/policy.json', '{');
  await directory.write('schema/extra.yaml', 'mode: enfroce\n');
  const after = await loadRules(directory.path);
  assert.ok(before.ok && after.ok);
  assert.equal(after.rules.version, before.rules.version);
});

describe('rules schema', () => {
  test('--check tells what is out of date, --write puts it right', async () => {
    const shell = await openShell();
    const directory = shell.path('rules');
    await mkdir(directory);
    const missing = await shell.run(['rules', 'schema', directory, '--check']);
    assert.equal(missing.code, 1);
    assert.match(
      missing.stderr,
      /^error: policy\.json, .* run `aliaswatch rules schema --write`\n$/,
    );
    const written = await shell.runJson(['rules', 'schema', directory, '--write']);
    assert.deepEqual(written.json['written'], [...schemaFiles().keys()]);
    const fine = await shell.run(['rules', 'schema', directory, '--check']);
    assert.deepEqual([fine.code, fine.stdout], [0, `${join(directory, 'schema')}: up to date\n`]);
  });

  test('the two exclude each other', async () => {
    const shell = await openShell();
    const { code, stderr } = await shell.run(['rules', 'schema', '--check', '--write']);
    assert.deepEqual([code, stderr], [2, 'error: --write and --check exclude each other\n']);
  });
});
