import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import {
  conditionsReference,
  referenceExamples,
} from '../../src/commands/rules/conditions-reference.ts';
import { examples, smallCompiler } from './view-samples.ts';

test('docs/conditions.md is what the definitions say (`aliaswatch rules reference --write docs/conditions.md`)', async () => {
  const written = await readFile('docs/conditions.md', 'utf8');
  assert.equal(written, conditionsReference(examples));
});

test('every example beside a field or a function compiles, as a question or a part of one', () => {
  for (const example of referenceExamples()) {
    const compiled = smallCompiler.compile(example);
    assert.ok(
      compiled.ok ||
        compiled.problems.every(({ message }) => message.startsWith('the condition is ')),
      `${example}: ${JSON.stringify(compiled)}`,
    );
  }
});
