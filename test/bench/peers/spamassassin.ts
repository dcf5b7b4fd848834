import { chmod, mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../support/smtp-ports.ts';
import { foreignAddress, type Site } from '../load/site.ts';
import { startSubject, type Subject } from '../load/subject.ts';

/** spamd with one child on the rules that ship, asked as spamc asks; it relays nothing. */
export async function startSpamd(site: Site): Promise<Subject> {
  const port = await freePort();
  const home = await mkdtemp(join(site.directory, 'spamd-'));
  const bayes = join(home, 'bayes');
  await mkdir(bayes);
  // Its child is nobody, who finds nothing in a folder of ours.
  await chmod(site.directory, 0o711);
  await chmod(home, 0o711);
  await chmod(bayes, 0o777);
  const children = ['--min-children=1', '--max-children=1', '--max-conn-per-child=1000000'];
  const settings = [`dns_server ${site.dns}`, 'dns_available yes', `bayes_path ${bayes}/bayes`];
  return startSubject({
    ...{ name: 'SpamAssassin', sender: 'watched', isQuiet: true, share: 0.01 },
    takes: { protocol: 'spamd', port, client: foreignAddress },
    command: [
      'spamd',
      ...['-i', '127.0.0.1', '-p', `${port}`, '-x', '-u', 'nobody', '-H', bayes],
      ...['-s', join(home, 'log'), ...children, ...settings.map((line) => `--cf=${line}`)],
    ],
    environment: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
  });
}
