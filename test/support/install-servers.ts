import { spawnSync } from 'node:child_process';
import { isInstalled } from './installed.ts';

/**
 * Runs before the tests. With CI=true and root it installs the real servers that the tests use; anywhere else it only
 * leaves the suites to say what they miss.
 */
const servers = [
  { program: 'redis-server', aptPackage: 'redis-server' },
  { program: 'postfix', aptPackage: 'postfix' },
];

const missing = servers
  .filter(({ program }) => !isInstalled(program))
  .map(({ aptPackage }) => aptPackage);
if (missing.length > 0 && process.env['CI'] === 'true' && process.getuid?.() === 0) {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const command of [['update'], ['install', '-y', '--no-install-recommends', ...missing]]) {
    const { status } = spawnSync('apt-get', ['-q', ...command], {
      stdio: 'inherit',
      env: environment,
    });
    if (status !== 0) process.exitCode = 1;
  }
}
