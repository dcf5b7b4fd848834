import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const program = `
  const read = (await import(process.env.MODULE))[process.env.READER];
  const reading = await read(process.argv[1]);
  const { file } = reading;
  const place = reading.ok && file.locate({ path: ['b'], message: 'm', hint: 'h', on: 'value' });
  const told = reading.ok ? { value: file.value, problems: file.problems, place } : reading.problems;
  console.log(JSON.stringify(told, (_key, value) => Number.isNaN(value) ? 'NaN' : value));
`;

/** What is short is not looked for. */
const long = `# ${'-'.repeat(600)}\n`;

let folder = '';
let cache = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aliaswatch-kept-'));
  cache = join(folder, 'cache');
});
after(() => rm(folder, { recursive: true }));

/** What a process of its own reads, as the compile cache is chosen once for each. */
async function read(
  text: string,
  compileCache: string,
  READER = 'readYamlOfRules',
): Promise<unknown> {
  const path = join(folder, 'any.yaml');
  await writeFile(path, text);
  const MODULE = new URL('../../src/config/yaml-file.ts', import.meta.url).href;
  const env = { PATH: process.env['PATH'], MODULE, READER, NODE_COMPILE_CACHE: compileCache };
  const inline = ['--input-type=module', '--eval', program, path];
  return JSON.parse((await run(process.execPath, inline, { env })).stdout);
}

async function keptFiles(): Promise<readonly string[]> {
  const all = await readdir(cache, { recursive: true });
  return all.filter((name) => /yaml\/[^/]+$/.test(name)).map((name) => join(cache, name));
}

test('a text that was read means the same from what was kept, and a place in it is found', async () => {
  const text = `a: [1, x, null]\n# why\nb: "two"\n__proto__: { c: 1e3 }\n${long}`;
  const parsed = await read(text, '');
  assert.deepEqual(await read(text, cache), parsed);
  const [kept, ...others] = await keptFiles();
  assert.ok(kept !== undefined && others.length === 0);
  assert.deepEqual(await read(text, cache), parsed);
  const { place } = parsed as { place: { line: number; excerpt: string } };
  assert.deepEqual([place.line, place.excerpt], [3, 'b: "two"']);

  // It is what is read: another value in its place is what the same text means then.
  await writeFile(kept, '{"a":"from the cache"}');
  assert.deepEqual(await read(text, cache), {
    ...(parsed as object),
    value: { a: 'from the cache' },
  });
  await writeFile(kept, '{"a":');
  assert.deepEqual(await read(text, cache), parsed, 'damaged, it is parsed');
  assert.match(await readFile(kept, 'utf8'), /1000/, 'and kept again');
});

test('what JSON would change, what is no good, short or no rule is parsed each time', async () => {
  const before = await keptFiles();
  assert.match(JSON.stringify(await read(`a: .nan\n${long}`, cache)), /NaN/);
  assert.match(JSON.stringify(await read(`a: 1\na: 2\n${long}`, cache)), /a second time/);
  assert.match(JSON.stringify(await read(`${long}a: [`, cache)), /not YAML/);
  assert.match(JSON.stringify(await read('a: short', cache)), /short/);
  assert.match(JSON.stringify(await read(`a: secret\n${long}`, cache, 'readYamlFile')), /secret/);
  assert.deepEqual(await keptFiles(), before);
});
