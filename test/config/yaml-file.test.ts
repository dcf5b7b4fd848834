import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import * as z from 'zod';
import { causesSchema } from '../../src/config/causes-schema.ts';
import { findProblems } from '../../src/config/explain-issue.ts';
import { listsSchema } from '../../src/config/lists-schema.ts';
import { policySchema } from '../../src/config/policy-schema.ts';
import { formatProblem } from '../../src/config/rule-problem.ts';
import { settingsSchema } from '../../src/config/settings-schema.ts';
import { vendorSchema } from '../../src/config/vendor-schema.ts';
import { readYamlFile } from '../../src/config/yaml-file.ts';

const schemas = { policySchema, causesSchema, listsSchema, vendorSchema, settingsSchema };

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aliaswatch-yaml-'));
});
after(() => rm(folder, { recursive: true }));

async function read(content: string | Uint8Array) {
  const path = join(folder, 'any.yaml');
  await writeFile(path, content);
  return readYamlFile(path);
}

describe('whatever the file holds, reading and explaining it never throws', () => {
  const pieces = [
    'tag',
    'aliases',
    'causes',
    'signals',
    ': ',
    '\n',
    '  ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '&a ',
    '*a',
    '!!int ',
    '<<: ',
    '|\n',
    '# ',
    '1',
    'null',
    '\t',
    '---\n',
    '\u0000',
    'é',
    '\r',
  ];
  const soup = fc
    .array(fc.constantFrom(...pieces), { maxLength: 40 })
    .map((parts) => parts.join(''));
  const bytes = fc.oneof(
    soup.map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 100 }),
  );

  test('any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, async (content) => {
        const reading = await read(content);
        const problems = reading.ok
          ? Object.values(schemas).flatMap((schema) =>
              findProblems(schema, reading.file.value).map((found) => reading.file.locate(found)),
            )
          : reading.problems;
        const lineCount = Buffer.from(content)
          .toString()
          .split(/\r\n|\r|\n/).length;
        for (const problem of problems) {
          assert.ok(
            problem.message !== '' &&
              problem.line >= 1 &&
              problem.line <= lineCount &&
              problem.column >= 1,
          );
          assert.doesNotMatch(formatProblem(problem), /[\u0000-\u0009\u000b-\u001f]/);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('any value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const schema of Object.values(schemas))
          for (const { message } of findProblems(schema, value)) assert.notEqual(message, '');
      }),
    );
  });
});

for (const [name, schema] of Object.entries(schemas)) {
  test(`${name} can be written as a JSON Schema, for editors`, () => {
    assert.equal(z.toJSONSchema(schema, { io: 'input' }).type, 'object');
  });
}
