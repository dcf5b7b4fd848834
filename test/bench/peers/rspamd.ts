import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../support/smtp-ports.ts';
import { foreignAddress, type Site } from '../load/site.ts';
import { startSubject, type Subject } from '../load/subject.ts';

/** One normal worker with the modules and the configuration that ship, asked by HTTP; it relays nothing. */
export async function startRspamd(site: Site): Promise<Subject> {
  const port = await freePort();
  const home = await mkdtemp(join(site.directory, 'rspamd-'));
  const files = {
    'worker-normal.inc': `bind_socket = "127.0.0.1:${port}"; count = 1;`,
    'worker-controller.inc': 'enabled = false;',
    'worker-proxy.inc': 'enabled = false;',
    'options.inc': `dns { nameserver = ["${site.dns}"]; }`,
    'logging.inc': 'level = "error";',
  };
  await mkdir(join(home, 'local.d'));
  for (const [name, text] of Object.entries(files))
    await writeFile(join(home, 'local.d', name), `${text}\n`);
  const places = ['LOCAL_CONFDIR', 'DBDIR', 'RUNDIR', 'LOGDIR'].map(
    (name) => `--var=${name}=${home}`,
  );
  return startSubject({
    ...{ name: 'rspamd', sender: 'watched', isQuiet: true, share: 0.25 },
    takes: { protocol: 'rspamd', port, client: foreignAddress },
    startsWithinMs: 600_000, // it compiles its patterns first
    command: ['rspamd', '-f', '-i', '-c', '/etc/rspamd/rspamd.conf', ...places],
  });
}
