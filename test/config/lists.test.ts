import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { loadRules } from '../../src/config/load-rules.ts';
import { readPopularDomains } from '../../src/config/popular-domains.ts';
import { formatProblem } from '../../src/config/rule-problem.ts';
import { shippedRules, smallCopyOfRules, type RuleDirectory } from './rule-directory.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aliaswatch-lists-'));
});
after(() => rm(folder, { recursive: true }));

async function read(content: string | Uint8Array) {
  const path = join(folder, 'domains.txt');
  await writeFile(path, content);
  return readPopularDomains(path);
}

async function rulesIn({ path }: RuleDirectory) {
  const loading = await loadRules(path);
  assert.ok(loading.ok, loading.ok ? '' : loading.problems.map(formatProblem).join('\n'));
  return loading.rules;
}

describe('popular domains', () => {
  test('one a line or with its rank, comments and any line ends', async () => {
    const reading = await read(
      '# ours\n1,google.com\r\n2,Example.ORG\n\n  xn--caf-dma.example  \na.io',
    );
    assert.ok(reading.ok);
    assert.deepEqual(
      [...reading.domains],
      ['google.com', 'example.org', 'xn--caf-dma.example', 'a.io'],
    );
  });

  test('the first problems of a file that is something else, not all', async () => {
    const reading = await read('<html></html>\n'.repeat(10_000));
    assert.ok(!reading.ok);
    assert.equal(reading.problems.length, 20);
    assert.equal(reading.problems[19]?.line, 20);
  });

  test('a file without end is refused', async () => {
    const reading = await read('#'.repeat(10_000_001));
    assert.ok(!reading.ok);
    assert.deepEqual(
      reading.problems.map(({ message, hint }) => [message, hint]),
      [['larger than 10000000 bytes', 'keep the first 200000 lines']],
    );
  });

  test('any bytes give domains or problems, never a throw', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.array(fc.domain(), { maxLength: 8 }).map((names) => Buffer.from(names.join('\n'))),
        ),
        async (content) => {
          const reading = await read(content);
          if (reading.ok) for (const domain of reading.domains) assert.match(domain, /^[^\s,]+$/);
          else for (const { line } of reading.problems) assert.ok(line >= 1);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('beside the rules, or anywhere by an absolute path; the version follows the content', async () => {
    await using directory = await smallCopyOfRules();
    const beside = await rulesIn(directory);
    assert.deepEqual([...beside.lists.popularDomains], ['google.com']);
    const path = join(folder, 'top.csv');
    await writeFile(path, '1,example.org\n');
    await directory.write('lists.yaml', listsYaml(`popularDomainsFile: ${path}`));
    const elsewhere = await rulesIn(directory);
    assert.deepEqual([...elsewhere.lists.popularDomains], ['example.org']);
    await writeFile(path, '1,example.org\n2,example.net\n');
    const longer = await rulesIn(directory);
    assert.notEqual(longer.version, elsewhere.version);
  });
});

function listsYaml(change: string): string {
  const parts = {
    freeHosting: '[]',
    urlShorteners: '[]',
    freeMail: '[]',
    cheapTopLevelDomains: '[]',
    brands: '{}',
    deskWords: '[]',
    popularDomainsFile: 'popular-domains.txt',
  };
  const rest = Object.entries(parts).filter(([name]) => !change.startsWith(`${name}:`));
  return `${change}\n${rest.map(([name, value]) => `${name}: ${value}\n`).join('')}`;
}

describe('languages', () => {
  test('a file of one more language is read, and the version follows it', async () => {
    await using directory = await smallCopyOfRules();
    const before = await rulesIn(directory);
    await directory.write(
      'languages/cs.yaml',
      'lureWords: {účet pozastaven: 5, pozastaven: 3}\ncommonWords: [váš, byl]\n',
    );
    const { lists, version } = await rulesIn(directory);
    assert.notEqual(version, before.version);
    assert.equal(lists.lureWords.get('cs')?.get('ucet pozastaven'), 5);
    // Function words and the lures' own vocabulary.
    assert.deepEqual([...(lists.commonWords.get('cs') ?? [])], ['vas', 'byl', 'pozastaven']);
  });

  test('names that are the same everywhere are no language', async () => {
    await using directory = await smallCopyOfRules();
    await directory.write('languages/any.yaml', 'lureWords: {Crypto.com: 5}\n');
    const { lists } = await rulesIn(directory);
    assert.equal(lists.lureWords.get('any')?.get('crypto com'), 5);
    assert.deepEqual([...lists.commonWords.keys()], ['en']);
  });
});

describe('the shipped lists', async () => {
  const loading = await loadRules(shippedRules);
  assert.ok(loading.ok);
  const { lists } = loading.rules;

  test('what anybody may publish on is not called popular', () => {
    const both = [...lists.freeHosting, ...lists.urlShorteners].filter((domain) =>
      lists.popularDomains.has(domain),
    );
    assert.deepEqual(both, []);
    assert.deepEqual(
      [...lists.urlShorteners].filter((domain) => lists.freeHosting.has(domain)),
      [],
    );
  });

  const sizes = {
    brands: [lists.brands.size, 700],
    'desk words': [lists.deskWords.size, 900],
    'popular domains': [lists.popularDomains.size, 1500],
    'free hosting': [lists.freeHosting.size, 400],
    shorteners: [lists.urlShorteners.size, 300],
    'English lures': [lists.lureWords.get('en')?.size ?? 0, 700],
  } as const;
  for (const [name, [size, least]] of Object.entries(sizes))
    test(`${name}: at least ${least}`, () => assert.ok(size >= least, `${size}`));

  test('a name and a desk are known as people write them', () => {
    assert.deepEqual(lists.brands.get('credit agricole'), ['credit-agricole.fr', 'ca-paris.fr']);
    assert.ok(lists.brands.get('metamask')?.includes('metamask.io'));
    assert.ok(lists.deskWords.has('help desk'));
    assert.ok(lists.deskWords.has('atencion al cliente'));
  });
});
