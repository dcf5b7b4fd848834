import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { openStore } from '../../baseline/open-store.ts';
import { defaultStoreLimits } from '../../baseline/store.ts';
import type { SettingProblem } from '../../config/load-settings.ts';
import type { Settings } from '../../config/settings.ts';
import { quarantineDirectory } from '../../held-mail.ts';
import { refuseNewerState } from '../../state-directory.ts';
import { mustLoad, problem, type StartUpCheck } from './start-up-check.ts';

const { R_OK, W_OK, X_OK } = constants;
const owner =
  'give it to the user that serve runs as (chown -R USER), mode 0700, on a disk that is not mounted read-only';

/** Directories and files of the state directory that are not ours to write, and a store file that cannot be used. */
export const placeChecks: readonly StartUpCheck[] = [
  { reads: ['stateDir'], find: ({ stateDir }) => findUnwritable(stateDir) },
  mustLoad('stateDir', { hint: 'docs/upgrading.md says how to go back' }, ({ stateDir }) =>
    refuseNewerState(stateDir),
  ),
  {
    reads: ['stateDir', 'quarantineStore'],
    find: async (settings) => {
      if (settings.quarantineStore !== null) return [];
      const directory = quarantineDirectory(settings);
      if (!(await isThere(directory))) return []; // made in the state directory, which was looked at
      const fault = await faultOf(directory);
      if (fault === null) return [];
      const message = `the quarantine ${directory} cannot be written: ${fault}`;
      return [
        problem('stateDir', message, `${owner}: what should be held would be deferred (451)`),
      ];
    },
  },
  mustLoad(
    'store',
    {
      reads: ['stateDir'],
      hint: 'name a file in a directory that is there and ours: sqlite:PATH, or redis://HOST:PORT',
    },
    checkStoreFile,
  ),
];

async function findUnwritable(stateDir: string): Promise<readonly SettingProblem[]> {
  const existing = await nearestExisting(resolve(stateDir));
  const fault = await faultOf(existing);
  if (fault !== null) {
    const where =
      existing === resolve(stateDir) ? stateDir : `${stateDir} cannot be made: ${existing}`;
    return [problem('stateDir', `${where} cannot be written: ${fault}`, owner)];
  }
  if (existing !== resolve(stateDir)) return [];
  // What a command of another user left there, root most often.
  const foreign = await Promise.all(
    (await readdir(existing)).filter(isOurs).map((name) => unusableFile(join(existing, name))),
  );
  return foreign
    .flat()
    .map((path) => problem('stateDir', `${path} cannot be read and written`, owner));
}

/** Databases and keys; operators' files may well be read-only. */
function isOurs(name: string): boolean {
  return /\.db(?:-|$)|\.key$/.test(name);
}

async function unusableFile(path: string): Promise<readonly string[]> {
  const mode = path.endsWith('.key') ? R_OK : R_OK | W_OK;
  return access(path, mode).then(
    () => [],
    () => [path],
  );
}

/** Why nothing can be written into `directory`, as a sentence fragment; null when it can. */
async function faultOf(directory: string): Promise<string | null> {
  try {
    if (!(await stat(directory)).isDirectory()) return 'it is no directory';
    await access(directory, R_OK | W_OK | X_OK);
    return null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EACCES') return 'permission denied';
    return code === 'EROFS' ? 'the file system is read-only' : message;
  }
}

async function nearestExisting(path: string): Promise<string> {
  return (await isThere(path)) || path === dirname(path) ? path : nearestExisting(dirname(path));
}

/** ENOTDIR is told of the file that stands in the way. */
async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function checkStoreFile({ store, stateDir, storeTimeoutMs }: Settings): Promise<void> {
  if (!store.startsWith('sqlite:') || store === 'sqlite::memory:') return;
  const path = resolve(store.slice('sqlite:'.length));
  if (await isThere(path)) {
    const options = { limits: defaultStoreLimits, timeoutMs: storeTimeoutMs, readOnly: true };
    await (await openStore(store, options))[Symbol.asyncDispose]();
    return;
  }
  const directory = dirname(path);
  if (directory === resolve(stateDir)) return;
  if (!(await isThere(directory))) throw new Error(`${store}: there is no directory ${directory}`);
  const fault = await faultOf(directory);
  if (fault !== null) throw new Error(`${store}: ${directory} cannot be written: ${fault}`);
}
