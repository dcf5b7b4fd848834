import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * For `{ skip }`: false where `program` is installed, else the reason with the command that installs it. With CI=true a
 * missing program is a failure, so that a suite cannot vanish unseen.
 */
export function requireInstalled(program: string, aptPackage: string): string | false {
  if (isInstalled(program)) return false;
  const reason = `${program} is not installed; install it with: apt-get install ${aptPackage}`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  return reason;
}

/** The same for a module of Debian's own Python, which may not be the first one on the PATH. */
export function requirePythonModule(module: string, aptPackage: string): string | false {
  if (hasPythonModule(module)) return false;
  const reason = `Python module ${module} is not installed; install it with: apt-get install ${aptPackage}`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  return reason;
}

export const debianPython = '/usr/bin/python3';

export function hasPythonModule(module: string): boolean {
  return spawnSync(debianPython, ['-c', `import ${module}`]).status === 0;
}

export function isInstalled(program: string): boolean {
  // Servers live in sbin, which is not on everybody's PATH.
  const sbin = ['/usr/sbin', '/usr/local/sbin', '/sbin'];
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...sbin];
  return folders.some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
