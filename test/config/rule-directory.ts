import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** The same, quick to load: two vendors, empty lists, one language. */
export async function smallCopyOfRules(): Promise<RuleDirectory> {
  const directory = await copyOfRules();
  const aliases = join(directory.path, 'aliases');
  const others = (await readdir(aliases)).filter(
    (name) => name !== 'docusign.yaml' && name !== 'zoom.yaml',
  );
  await Promise.all(others.map((name) => rm(join(aliases, name))));
  await rm(join(directory.path, 'languages'), { recursive: true });
  await mkdir(join(directory.path, 'languages'));
  await directory.write('languages/en.yaml', 'lureWords: {refund: 4}\ncommonWords: [the]\n');
  await directory.write('popular-domains.txt', 'google.com\n');
  await directory.write(
    'lists.yaml',
    'freeHosting: []\nurlShorteners: []\nfreeMail: []\ncheapTopLevelDomains: []\nbrands: {}\ndeskWords: []\npopularDomainsFile: popular-domains.txt\n',
  );
  return directory;
}
