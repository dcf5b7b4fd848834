import { spawnSync } from 'node:child_process';
import { isInstalled } from '../../support/installed.ts';
import type { Attempt } from '../attempt.ts';
import type { Site } from '../load/site.ts';
import type { Subject } from '../load/subject.ts';
import { installHaraka, startHaraka } from './haraka.ts';
import { startRspamd } from './rspamd.ts';
import { startSpamd } from './spamassassin.ts';

export type PeerOptions = {
  /** Folder that has Haraka and its plugins. */
  readonly haraka: string | null;
  /** Gets those that are missing: by npm into a temporary folder, by apt-get into the system. */
  readonly install: boolean;
};

/** The other filters that are there, each started; all end with the stack. */
export async function startPeers(
  site: Site,
  { haraka, install }: PeerOptions,
  { attempt, running }: { readonly attempt: Attempt; readonly running: AsyncDisposableStack },
): Promise<readonly Subject[]> {
  const peers: Subject[] = [];
  const start = (name: string, starting: () => Promise<Subject>) =>
    attempt(name, async () => peers.push(running.use(await starting())));
  if (haraka !== null || install)
    await start('Haraka', async () =>
      startHaraka(site, haraka ?? running.use(await installHaraka()).folder),
    );
  if (install)
    await attempt('rspamd and spamd by apt-get', () =>
      Promise.try(() => installPackages(['rspamd', 'spamd'].filter((name) => !isInstalled(name)))),
    );
  if (isInstalled('rspamd')) await start('rspamd', () => startRspamd(site));
  if (isInstalled('spamd')) await start('SpamAssassin', () => startSpamd(site));
  return peers;
}

/** Debian's packages are called like their programs. */
function installPackages(names: readonly string[]): void {
  if (names.length === 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const command of [['update'], ['install', '-y', '--no-install-recommends', ...names]]) {
    const { status } = spawnSync('apt-get', ['-q', ...command], {
      stdio: ['ignore', process.stderr, process.stderr],
      env,
    });
    if (status !== 0) throw new Error(`apt-get ${command.join(' ')} failed`);
  }
}
