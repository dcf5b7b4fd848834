import { spawnSync } from 'node:child_process';
import { fetchForeignMta, foreignMtas, isFetched } from './foreign-mta-packages.ts';
import { hasPythonModule, isInstalled } from './installed.ts';

/**
 * Runs before the tests. With CI=true and root it installs the real servers and the second
 * implementations that the tests use; anywhere else it only leaves the suites to say what they miss.
 */
const servers = [
  { isThere: () => isInstalled('redis-server'), aptPackage: 'redis-server' },
  { isThere: () => isInstalled('postfix'), aptPackage: 'postfix' },
  { isThere: () => isInstalled('haproxy'), aptPackage: 'haproxy' },
  { isThere: () => hasPythonModule('dkim'), aptPackage: 'python3-dkim' },
  { isThere: () => isInstalled('promtool'), aptPackage: 'prometheus' },
  { isThere: () => isInstalled('openssl'), aptPackage: 'openssl' },
  { isThere: () => isInstalled('curl'), aptPackage: 'curl' },
  { isThere: () => isInstalled('chromium'), aptPackage: 'chromium' },
  { isThere: () => isInstalled('swaks'), aptPackage: 'swaks' },
  { isThere: () => isInstalled('systemd-analyze'), aptPackage: 'systemd' },
  { isThere: () => isInstalled('strace'), aptPackage: 'strace' },
  // An S3 server: the object gateway of Ceph, on a monitor and a storage daemon.
  { isThere: () => isInstalled('ceph-mon'), aptPackage: 'ceph-mon' },
  { isThere: () => isInstalled('ceph-osd'), aptPackage: 'ceph-osd' },
  { isThere: () => isInstalled('radosgw'), aptPackage: 'radosgw' },
];

const missing = servers.filter(({ isThere }) => !isThere()).map(({ aptPackage }) => aptPackage);
const mayInstall = process.env['CI'] === 'true' && process.getuid?.() === 0;
if (missing.length > 0 && mayInstall) {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const command of [['update'], ['install', '-y', '--no-install-recommends', ...missing]]) {
    // A machine that has just started may still be installing something of its own.
    const patient = ['-q', '-o', 'DPkg::Lock::Timeout=120'];
    const { status } = spawnSync('apt-get', [...patient, ...command], {
      stdio: 'inherit',
      env: environment,
    });
    if (status !== 0) process.exitCode = 1;
  }
}

for (const mta of foreignMtas)
  if (mayInstall && !isFetched(mta) && !fetchForeignMta(mta)) process.exitCode = 1;
