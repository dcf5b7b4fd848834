import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { DockerfileParser, type Dockerfile } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { root } from './compose-file.ts';

const read = (path: string) => readFile(join(root, path), 'utf8');
const parsed = async (path: string) => DockerfileParser.parse(await read(path));

/** Keyword and argument of each instruction, in order. */
function instructions(dockerfile: Dockerfile): readonly (readonly [string, string])[] {
  return dockerfile
    .getInstructions()
    .map((it) => [it.getKeyword(), it.getArgumentsContent() ?? ''] as const);
}

/** What comes from the tree, not from another stage. */
function copiedFrom(dockerfile: Dockerfile): readonly string[] {
  return dockerfile
    .getCOPYs()
    .filter((copy) => copy.getFromFlag() === null)
    .flatMap((copy) => (copy.getArgumentsContent() ?? '').split(' ').slice(0, -1));
}

for (const path of ['Dockerfile', 'deploy/postfix/container/Dockerfile'])
  describe(path, () => {
    test('has nothing that the linter objects to', async () => {
      assert.deepEqual(validate(await read(path)), []);
      assert.notDeepEqual(validate('FORM x\n'), [], 'it does object');
    });

    test('fetches nothing by ADD, keeps no secret, and has a health check and a stop signal', async () => {
      const all = instructions(await parsed(path));
      const keywords = all.map(([keyword]) => keyword);
      assert.ok(!keywords.includes('ADD'));
      assert.ok(keywords.includes('HEALTHCHECK'));
      assert.deepEqual(
        all.find(([keyword]) => keyword === 'STOPSIGNAL'),
        ['STOPSIGNAL', 'SIGTERM'],
      );
      const kept = all.filter(([keyword]) => keyword === 'ENV' || keyword === 'ARG');
      assert.doesNotMatch(JSON.stringify(kept), /secret|passw|token|key/i);
    });

    test('copies only what is there', async () => {
      const context = join(root, path, '..');
      for (const source of copiedFrom(await parsed(path))) await access(join(context, source));
    });
  });

describe('the image of Aliaswatch', () => {
  test('is built on Node 24, and no other version can slip in', async () => {
    const dockerfile = await parsed('Dockerfile');
    const [base] = dockerfile.getARGs().map((it) => it.getArgumentsContent());
    assert.equal(base, 'NODE_IMAGE=node:24-slim');
    const from = dockerfile.getFROMs().map((it) => it.getImage());
    assert.deepEqual(from, ['${NODE_IMAGE}', '${NODE_IMAGE}', '${NODE_IMAGE}']);
  });

  test('runs as a number that is not root', async () => {
    const users = instructions(await parsed('Dockerfile')).filter(
      ([keyword]) => keyword === 'USER',
    );
    assert.deepEqual(users, [['USER', '10001:10001']]);
  });

  test('sees of the tree only what it copies', async () => {
    const ignored = (await read('.dockerignore')).split('\n').filter((it) => /^[*!]/.test(it));
    const copied = copiedFrom(await parsed('Dockerfile'));
    assert.deepEqual(ignored, ['*', ...[...new Set(copied)].map((it) => `!${it}`)]);
  });
});
