import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requireInstalled } from './installed.ts';
import { freePort, listens } from './smtp-ports.ts';

const run = promisify(execFile);
const postfixProgram = '/usr/sbin/postfix';

export type Postfix = AsyncDisposable & {
  readonly host: string;
  readonly port: number;
  /** Its configuration directory, `MAIL_CONFIG` for commands of Postfix. */
  readonly config: string;
  /** What `postqueue -p` shows: a `!` behind its id marks a message that is on hold. */
  readonly queue: () => Promise<string>;
  /** Lets go of all that is on hold, as an operator does. */
  readonly release: () => Promise<void>;
};

/** Whether a real Postfix can be started here: installed, and we are root. */
export function postfixIsInstalled(): boolean {
  return existsSync(postfixProgram) && process.getuid?.() === 0;
}

/** For `{ skip }`: a missing Postfix, or that we are not root, is a reason to skip, but with `CI=true` a failure. */
export function skipWithoutPostfix(): string | false {
  if (postfixIsInstalled() || process.env['CI'] === 'true')
    return requireInstalled('postfix', 'postfix');
  return 'needs Postfix, and root to start it: apt-get install postfix';
}

/**
 * A private Postfix with its own configuration and queue, which gives mail for `example.test` to `deliverTo`. It refuses
 * `bad@` (550) and `full@` (452), trusts 127.0.0.1/32 to relay anywhere, and takes XCLIENT from there. `settings` are
 * more lines of main.cf. It logs to syslog, which need not be there: its own postlogd can stop reading under load, and then
 * every one of its processes waits for it, `postfix stop` too.
 */
export async function startPostfix(
  deliverTo: { host: string; port: number },
  settings: readonly string[] = [],
): Promise<Postfix> {
  await using opened = new AsyncDisposableStack();
  const root = await mkdtemp(join(tmpdir(), 'aliaswatch-postfix-'));
  opened.defer(() => rm(root, { recursive: true, force: true }));
  const config = join(root, 'config');
  const queue = join(root, 'queue');
  const data = join(root, 'data');
  for (const directory of [config, queue, data]) await mkdir(directory);
  await run('chmod', ['755', root]);
  await run('chown', ['postfix', data]);
  const port = await freePort();
  await writeFile(
    join(config, 'main.cf'),
    `${mainCf({ queue, data, deliverTo })}${settings.join('\n')}\n`,
  );
  await writeFile(join(config, 'master.cf'), masterCf(port));
  const postfix = (command: string): Promise<unknown> =>
    run(postfixProgram, ['-c', config, command]);
  await postfix('start');
  opened.defer(async () => {
    await postfix('stop');
  });
  await listens({ host: '127.0.0.1', port });
  const owned = opened.move();
  return {
    host: '127.0.0.1',
    port,
    config,
    queue: async () => (await run('postqueue', ['-c', config, '-p'])).stdout,
    release: async () => {
      await run('postsuper', ['-c', config, '-H', 'ALL']);
      await run('postqueue', ['-c', config, '-f']);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function mainCf(of: {
  queue: string;
  data: string;
  deliverTo: { host: string; port: number };
}): string {
  return `
compatibility_level = 3.6
queue_directory = ${of.queue}
data_directory = ${of.data}
myhostname = mta.test
mydestination =
inet_protocols = ipv4
inet_interfaces = loopback-only
mynetworks = 127.0.0.1/32
smtpd_authorized_xclient_hosts = 127.0.0.1
smtputf8_enable = yes
relay_domains = example.test
relay_transport = smtp:[${of.deliverTo.host}]:${of.deliverTo.port}
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access inline:{{bad@example.test = 550 5.1.1 no such user}, {full@example.test = 452 4.2.2 mailbox full}}
smtpd_client_restrictions =
smtpd_peername_lookup = no
smtp_tls_security_level = none
smtpd_tls_security_level = none
`;
}

function masterCf(port: number): string {
  const services = [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    'cleanup unix n - n - 0 cleanup',
    'qmgr unix n - n 300 1 qmgr',
    'rewrite unix - - n - - trivial-rewrite',
    'bounce unix - - n - 0 bounce',
    'defer unix - - n - 0 bounce',
    'trace unix - - n - 0 bounce',
    'proxymap unix - - n - - proxymap',
    'smtp unix - - n - - smtp',
    'relay unix - - n - - smtp',
    'error unix - - n - - error',
    'retry unix - - n - - error',
    'discard unix - - n - - discard',
    'anvil unix - - n - 1 anvil',
    'scache unix - - n - 1 scache',
    'showq unix n - n - - showq',
    'pickup unix n - n 60 1 pickup',
  ];
  return `${services.join('\n')}\n`;
}
