import { randomBytes } from 'node:crypto';
import { open, stat, statfs, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { realDisk, syncDirectory } from '../../quarantine/disk.ts';
import {
  bytes,
  codeOf,
  failed,
  messageOf,
  milliseconds,
  ok,
  warning,
  type Finding,
} from './finding.ts';

const writing = 'quarantine';
const space = 'disk space';
/** A held message takes two syncs of files and two of the directory before its client hears 250. */
const slowSyncMs = 100;
const scarceBytes = 2 ** 30;

/** Writes and syncs a file where held mail goes, or where its directory will be made, and removes it. */
export async function checkQuarantine({
  stateDir,
  maxMessageBytes,
}: Pick<Settings, 'stateDir' | 'maxMessageBytes'>): Promise<readonly Finding[]> {
  const directory = resolve(stateDir, 'quarantine');
  const existing = await nearestExisting(directory);
  const [syncMs, free] = await Promise.allSettled([writeAndSync(existing), freeBytes(existing)]);
  if (syncMs.status === 'rejected') return [unwritable(directory, syncMs.reason)];
  const where = existing === directory ? directory : `${directory} (serve makes it)`;
  const message = `${where} is writable; a file and its directory are synced in ${milliseconds(syncMs.value)}`;
  return [
    syncMs.value < slowSyncMs
      ? ok(writing, message)
      : warning(writing, message, [
          'put --state-dir on a local disk with a write cache that survives power loss: held mail is acknowledged only after a sync',
        ]),
    ...(free.status === 'fulfilled' ? [checkSpace(existing, free.value, maxMessageBytes)] : []),
  ];
}

function unwritable(directory: string, error: unknown): Finding {
  const reason =
    codeOf(error) === 'ENOTDIR' ? 'something on its path is no directory' : messageOf(error);
  return failed(writing, `${directory} cannot be written: ${reason}`, [
    'make --state-dir a directory that belongs to the user of serve, mode 0700, on a disk that is not mounted read-only; until then mail that should be held is deferred (451)',
  ]);
}

function checkSpace(directory: string, freeBytes: number, maxMessageBytes: number): Finding {
  const message = `${bytes(freeBytes)} free in ${directory}`;
  const advice = ['release or delete held mail, or move --state-dir to a larger disk'];
  if (freeBytes < maxMessageBytes)
    return failed(space, `${message}: not enough for one message of --max-message-bytes`, advice);
  return freeBytes < scarceBytes ? warning(space, message, advice) : ok(space, message);
}

async function nearestExisting(directory: string): Promise<string> {
  const exists = await stat(directory).then(
    () => true,
    (error: unknown) => codeOf(error) !== 'ENOENT',
  );
  return exists || dirname(directory) === directory
    ? directory
    : nearestExisting(dirname(directory));
}

async function writeAndSync(directory: string): Promise<number> {
  const path = join(directory, `.aliaswatch-doctor-${randomBytes(6).toString('hex')}.tmp`);
  const startedMs = performance.now();
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(Buffer.alloc(65_536));
    await file.sync();
    await syncDirectory(realDisk, directory);
    return performance.now() - startedMs;
  } finally {
    await file.close();
    await unlink(path);
  }
}

async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
