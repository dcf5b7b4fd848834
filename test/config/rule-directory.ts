import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const shippedRules = fileURLToPath(new URL('../../rules', import.meta.url));

export type RuleDirectory = AsyncDisposable & {
  readonly path: string;
  write(name: string, content: string | Buffer): Promise<void>;
};

/** A private copy of the shipped rules that a test may break. */
export async function copyOfRules(): Promise<RuleDirectory> {
  const parent = await mkdtemp(join(tmpdir(), 'aliaswatch-rules-'));
  const path = join(parent, 'rules');
  await cp(shippedRules, path, { recursive: true });
  return {
    path,
    write: (name, content) => writeFile(join(path, name), content),
    [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }),
  };
}

/** The same, quick to load: two vendors, short lists, one language. */
export async function smallCopyOfRules(): Promise<RuleDirectory> {
  const parent = await mkdtemp(join(tmpdir(), 'aliaswatch-rules-'));
  const path = join(parent, 'rules');
  const write = (name: string, content: string | Buffer) => writeFile(join(path, name), content);
  await cp(shippedRules, path, { recursive: true, filter: isSmall });
  for (const folder of ['languages', 'schema', 'tests'])
    await mkdir(join(path, folder), { recursive: true });
  await write('languages/en.yaml', 'lureWords: {refund: 4}\ncommonWords: [the]\n');
  await write('popular-domains.txt', 'google.com\n');
  await write(
    'lists.yaml',
    'freeHosting: [weebly.com]\nurlShorteners: [bit.ly]\nfreeMail: [gmail.com]\ncheapTopLevelDomains: [top]\nbrands: {}\ndeskWords: []\npopularDomainsFile: popular-domains.txt\n',
  );
  return {
    path,
    write,
    [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }),
  };
}

/** What a small copy takes over as it is. */
function isSmall(file: string): boolean {
  const name = relative(shippedRules, file);
  if (/^(?:languages|schema|tests)(?:\/|$)/.test(name)) return false;
  if (name === 'lists.yaml' || name.endsWith('.txt')) return false;
  return !name.startsWith('aliases/') || ['docusign', 'zoom'].includes(basename(name, '.yaml'));
}
