import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Mail servers that Debian installs only instead of Postfix: their packages are unpacked into a cache, and run from
 * there. With each the libraries that nothing else brings.
 */
const packages = {
  exim: ['exim4-daemon-heavy', 'libidn12', 'libmariadb3', 'libspf2-2'],
  opensmtpd: ['opensmtpd'],
} as const;

export type ForeignMta = keyof typeof packages;

export const foreignMtas = Object.keys(packages) as readonly ForeignMta[];

const cache = fileURLToPath(
  new URL('../../node_modules/.cache/aliaswatch-servers/', import.meta.url),
);

/** Where its files are, `usr/sbin` and so on; there only once it was fetched. */
export function placeOf(mta: ForeignMta): string {
  return join(cache, mta);
}

export function isFetched(mta: ForeignMta): boolean {
  return existsSync(placeOf(mta));
}

/** Downloads by apt and unpacks; true when it is there. */
export function fetchForeignMta(mta: ForeignMta): boolean {
  const fresh = `${placeOf(mta)}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  const download = spawnSync(
    'apt-get',
    ['-q', '-o', 'APT::Sandbox::User=root', 'download', ...packages[mta]],
    { cwd: fresh, stdio: 'inherit' },
  );
  const files = readdirSync(fresh).filter((name) => name.endsWith('.deb'));
  const isComplete =
    download.status === 0 &&
    files.every((name) => spawnSync('dpkg-deb', ['-x', name, '.'], { cwd: fresh }).status === 0);
  if (isComplete && !isFetched(mta)) renameSync(fresh, placeOf(mta));
  rmSync(fresh, { recursive: true, force: true });
  return isComplete;
}
