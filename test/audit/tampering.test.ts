import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import fc from 'fast-check';
import type { AuditHead } from '../../src/audit/audit-heads.ts';
import { appendAll, numbered, open, problems, record, temporaryDirectory } from './samples.ts';

/** The files of one chain, in order. */
type Files = readonly { readonly name: string; readonly bytes: Buffer }[];

type Log = { readonly head: AuditHead; readonly files: Files };

const lines = 12;

async function someLog(t: TestContext): Promise<Log> {
  const directory = await temporaryDirectory(t);
  const head = await appendAll(directory, numbered(lines), { maxFileBytes: 2000 });
  const names = (await readdir(directory)).filter((name) => name.endsWith('.jsonl')).sort();
  assert.ok(names.length >= 3);
  const files = names.map(async (name) => ({ name, bytes: await readFile(join(directory, name)) }));
  return { head, files: await Promise.all(files) };
}

async function problemsIn(directory: string, files: Files, heads: readonly AuditHead[]) {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory);
  for (const { name, bytes } of files) await writeFile(join(directory, name), bytes);
  return problems(directory, heads);
}

function withBytes(files: Files, index: number, bytes: Buffer): Files {
  return files.map((file, at) => (at === index ? { ...file, bytes } : file));
}

function linesOf(bytes: Buffer): string[] {
  return bytes.toString('latin1').split(/(?<=\n)/);
}

function joined(parts: readonly string[]): Buffer {
  return Buffer.from(parts.join(''), 'latin1');
}

describe('any single edit is found', () => {
  test('a byte', async (t) => {
    const { head, files } = await someLog(t);
    const scratch = join(await temporaryDirectory(t), 'log');
    const place = fc.nat({ max: files.length - 1 }).chain((file) =>
      fc.record({
        file: fc.constant(file),
        at: fc.nat({ max: files[file]!.bytes.length - 1 }),
        mask: fc.integer({ min: 1, max: 255 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(place, async ({ file, at, mask }) => {
        const bytes = Buffer.from(files[file]!.bytes);
        bytes[at]! ^= mask;
        const [first = ''] = await problemsIn(scratch, withBytes(files, file, bytes), [head]);
        const line = files[file]!.bytes.subarray(0, at).toString('latin1').split('\n').length;
        const isLineFeed = files[file]!.bytes[at] === 10;
        // A line feed that is gone may make the line an unfinished one, which the next file or the head gives away.
        if (isLineFeed) assert.notEqual(first, '');
        else assert.equal(first, `${files[file]!.name.slice(-12, -6)}:${line} changed`);
      }),
      { numRuns: 150 },
    );
  });

  test('a line that is removed, repeated or swapped', async (t) => {
    const { head, files } = await someLog(t);
    const scratch = join(await temporaryDirectory(t), 'log');
    const edits: Record<string, (all: string[], at: number) => void> = {
      removed: (all, at) => void all.splice(at, 1),
      repeated: (all, at) => void all.splice(at, 0, all[at]!),
      swapped: (all, at) => void ([all[at], all[at + 1]] = [all[at + 1]!, all[at]!]),
    };
    const found: Record<string, Set<string>> = {};
    for (const [name, edit] of Object.entries(edits)) {
      for (const [file, { bytes }] of files.entries()) {
        const count = linesOf(bytes).length;
        for (let at = 0; at < count - (name === 'swapped' ? 1 : 0); at++) {
          const all = linesOf(bytes);
          edit(all, at);
          const edited = withBytes(files, file, joined(all));
          const said = await problemsIn(scratch, edited, [head]);
          assert.notDeepEqual(said, [], `${name} ${file}:${at}`);
          for (const problem of said) (found[name] ??= new Set()).add(problem.split(' ')[1]!);
        }
      }
    }
    assert.deepEqual([...found['removed']!].sort(), ['removed', 'truncated']);
    assert.deepEqual([...found['repeated']!], ['moved']);
    assert.deepEqual([...found['swapped']!], ['moved']);
  });

  test('a file cut short at any place', async (t) => {
    const { head, files } = await someLog(t);
    const scratch = join(await temporaryDirectory(t), 'log');
    for (const [file, { bytes }] of files.entries()) {
      for (let length = 0; length < bytes.length; length += 37) {
        const cut = withBytes(files, file, bytes.subarray(0, length));
        const [first = ''] = await problemsIn(scratch, cut, [head]);
        const isLast = file === files.length - 1;
        assert.match(first, isLast ? /truncated$/ : /removed$/);
      }
    }
  });

  test('a file removed, and two files that change places', async (t) => {
    const { head, files } = await someLog(t);
    const scratch = join(await temporaryDirectory(t), 'log');
    for (const gone of files) {
      const rest = files.filter((file) => file !== gone);
      assert.notDeepEqual(await problemsIn(scratch, rest, [head]), []);
    }
    const [first, second] = [files[0]!, files[1]!];
    const swapped = [
      { name: first.name, bytes: second.bytes },
      { name: second.name, bytes: first.bytes },
      ...files.slice(2),
    ];
    assert.notDeepEqual(await problemsIn(scratch, swapped, [head]), []);
    assert.deepEqual(await problemsIn(scratch, [], [head]), [`${head.writer} gone`]);
    assert.deepEqual(await problemsIn(scratch, files, [head]), []);
  });

  test('the end rewritten with hashes that fit', async (t) => {
    const directory = await temporaryDirectory(t);
    await appendAll(directory, numbered(3));
    const forged = join(await temporaryDirectory(t), 'forged');
    await cp(directory, forged, { recursive: true });
    const head = await appendAll(directory, [record({ reason: 'what happened' })]);
    await appendAll(forged, [record({ reason: 'what did not' }), record()]);
    assert.deepEqual(await problems(forged), []); // by itself nothing is wrong with it
    assert.deepEqual(await problems(forged, [head]), ['000001:4 rewritten']);
  });

  test('a personal value that was changed, but not one that was erased', async (t) => {
    const directory = await temporaryDirectory(t);
    const head = await appendAll(directory, [record()]);
    const { DatabaseSync } = await import('node:sqlite');
    using database = new DatabaseSync(join(directory, 'personal.db'));
    database.exec("UPDATE value SET value = 'bob@example.com' WHERE name = 'recipient1'");
    assert.deepEqual(await problems(directory, [head]), ['000001:1 value-changed']);
    database.exec("DELETE FROM value WHERE name = 'recipient1'");
    assert.deepEqual(await problems(directory, [head]), []);
  });
});

test('a chain that was tampered with is left as it is, and another one is begun', async (t) => {
  const directory = await temporaryDirectory(t);
  const head = await appendAll(directory, numbered(3));
  const name = (await readdir(directory)).find((file) => file.endsWith('.jsonl'))!;
  const bytes = await readFile(join(directory, name));
  const cases = {
    changed: Buffer.from(bytes.toString('latin1').replace('"n":1', '"n":7'), 'latin1'),
    shortened: joined(linesOf(bytes).slice(0, 2)),
  };
  for (const [what, edited] of Object.entries(cases)) {
    await writeFile(join(directory, name), edited);
    const told: string[] = [];
    const heads = { all: () => Promise.resolve([head]) };
    await using audit = open(directory, { heads, onDamaged: (writer) => told.push(writer) });
    await audit.append(record());
    assert.equal(told[0], head.writer, what);
    assert.notEqual(audit.head()?.writer, head.writer);
    assert.deepEqual(await readFile(join(directory, name)), edited);
    assert.equal((await problems(directory, [head])).length, 1);
  }
});
