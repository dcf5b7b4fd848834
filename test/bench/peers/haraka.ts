import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../support/smtp-ports.ts';
import { foreignAddress, type Site } from '../load/site.ts';
import { startSubject, type Subject } from '../load/subject.ts';

export const harakaVersion = '3.3.4';
export const harakaPackages = [
  `Haraka@${harakaVersion}`,
  'haraka-plugin-spf@1.3.0',
  'haraka-plugin-dkim@1.3.1',
];

/** Those packages in a folder of their own; disposing removes it. */
export async function installHaraka(): Promise<AsyncDisposable & { readonly folder: string }> {
  await using installing = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'aliaswatch-haraka-'));
  installing.defer(() => rm(folder, { recursive: true, force: true }));
  const quiet = ['--no-audit', '--no-fund', '--omit=optional', '--ignore-scripts'];
  await promisify(execFile)('npm', ['install', '--prefix', folder, ...quiet, ...harakaPackages]);
  const installed = installing.move();
  return { folder, [Symbol.asyncDispose]: () => installed.disposeAsync() };
}

/** One process that checks SPF and DKIM and forwards to the sink, on its configuration as it ships. */
export async function startHaraka(site: Site, folder: string): Promise<Subject> {
  const port = await freePort();
  const home = await mkdtemp(join(site.directory, 'haraka-'));
  const config = join(home, 'config');
  const program = join(folder, 'node_modules/Haraka');
  await cp(join(program, 'config'), config, { recursive: true });
  const files = {
    plugins: ['xclient', 'spf', 'dkim', 'rcpt_to.in_host_list', 'queue/smtp_forward'],
    'smtp.ini': [`listen=127.0.0.1:${port}`, 'nodes=1'],
    'smtp_forward.ini': ['host=127.0.0.1', `port=${site.sinkPort}`],
    'log.ini': ['[main]', 'level=error'],
    host_list: ['example.test'],
    'xclient.hosts': ['127.0.0.1'],
    me: ['bench.test'],
  };
  for (const [name, lines] of Object.entries(files))
    await writeFile(join(config, name), `${lines.join('\n')}\n`);
  // It asks the servers of the system, and has no setting for others.
  const servers = JSON.stringify([site.dns]);
  const resolver = join(home, 'resolver.mjs');
  await writeFile(
    resolver,
    `import dns from 'node:dns';\ndns.setServers(${servers});\ndns.promises.setServers(${servers});\n`,
  );
  return startSubject({
    ...{ name: 'Haraka', sender: 'watched', isQuiet: true, share: 0.5 },
    takes: { protocol: 'smtp', port, client: foreignAddress },
    command: [process.execPath, '--import', resolver, join(program, 'bin/haraka'), '-c', home],
  });
}
