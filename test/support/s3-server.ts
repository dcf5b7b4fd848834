import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { requireInstalled } from './installed.ts';
import { freePort } from './smtp-ports.ts';

/** For `{ skip }`: false where the whole of Ceph is there that an S3 server needs. */
export function requireS3Server(): string | false {
  const parts = [
    ['ceph-mon', 'ceph-mon'],
    ['ceph-osd', 'ceph-osd'],
    ['radosgw', 'radosgw'],
  ] as const;
  return parts.map(([program, name]) => requireInstalled(program, name)).find(Boolean) ?? false;
}

export type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
};

export type S3Server = AsyncDisposable & {
  readonly endpoint: string;
  /** A file as AWS_SHARED_CREDENTIALS_FILE names it. */
  readonly credentialsFile: string;
  /** A new bucket; gives its name. */
  createBucket(): Promise<string>;
  /** Somebody who may do nothing yet. */
  createUser(): Credentials & { readonly user: string };
  /** Gives a bucket this policy, whose statements are about that user. */
  allow(bucket: string, who: { readonly user: string }, policy: object): Promise<void>;
  /** Sends the gateway a signal: SIGSTOP hangs it, SIGCONT wakes it. */
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL; resolves when it is gone. What it stored stays. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** All that the gateway holds of one user, at most so many bytes; 0: no limit. */
  setQuota(bytes: number): void;
};

const startMs = 90_000;

/**
 * A real S3 server: the object gateway of Ceph with one monitor and one storage daemon, which keeps everything in
 * memory. Its credentials become those of this process, as the SDK finds them.
 */
export async function startS3Server(): Promise<S3Server> {
  await using starting = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'aliaswatch-s3-'));
  starting.defer(() => rm(folder, { recursive: true, force: true }));
  const [monitorPort, port] = [await freePort(), await freePort()];
  const configuration = join(folder, 'ceph.conf');
  const conf = ['-c', configuration];
  for (const name of ['mon', 'osd', 'run']) await mkdir(join(folder, name));
  const cluster = randomUUID();
  await writeFile(configuration, cephSettings({ folder, cluster, monitorPort, port }));

  const keyring = join(folder, 'keyring');
  const everything = ['--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *'];
  for (const name of ['mon.', 'client.admin', 'osd.0'])
    run('ceph-authtool', [
      keyring,
      ...(name === 'mon.' ? ['--create-keyring'] : []),
      ...['--gen-key', '-n', name, ...everything],
    ]);
  const monitors = join(folder, 'monmap');
  const address = `[v2:127.0.0.1:${monitorPort}]`;
  run('monmaptool', ['--create', '--fsid', cluster, '--addv', 'a', address, monitors]);
  run('ceph-mon', [
    ...conf,
    '--mkfs',
    ...['-i', 'a', '--monmap', monitors, '--keyring', keyring, '--no-mon-config'],
  ]);
  const start = (name: string, command: string, ...options: readonly string[]) => {
    const log = openSync(join(folder, `${name}.out`), 'a');
    const child = spawn(command, [...conf, ...options, '-f'], { stdio: ['ignore', log, log] });
    closeSync(log);
    return child;
  };
  const monitor = start('mon', 'ceph-mon', '-i', 'a');
  starting.defer(() => end(monitor));
  const storage = randomUUID();
  const ceph = (...command: readonly string[]) =>
    run('ceph', [...conf, '--connect-timeout', '20', ...command]);
  ceph('osd', 'new', storage);
  ceph('osd', 'crush', 'add', 'osd.0', '1', 'root=default');
  ceph('auth', 'import', '-i', keyring);
  run('ceph-osd', [...conf, '-i', '0', '--mkfs', '--osd-uuid', storage]);
  const osd = start('osd', 'ceph-osd', '-i', '0');
  starting.defer(() => end(osd));
  const startGateway = async () => {
    const child = start('rgw', 'radosgw', '-n', 'client.admin');
    await answers(`http://127.0.0.1:${port}/`, child);
    return child;
  };
  let gateway = await startGateway();
  starting.defer(() => end(gateway));
  const admin = (...command: readonly string[]) => run('radosgw-admin', [...conf, ...command]);
  const createUser = (user = `guest-${randomBytes(4).toString('hex')}`) => {
    const accessKeyId = randomBytes(10).toString('hex');
    const secretAccessKey = randomBytes(20).toString('hex');
    admin(
      ...['user', 'create', `--uid=${user}`, `--display-name=${user}`],
      ...[`--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`],
    );
    return { user, accessKeyId, secretAccessKey };
  };
  const { accessKeyId, secretAccessKey } = createUser('tests');
  const credentialsFile = join(folder, 'credentials');
  await writeFile(
    credentialsFile,
    `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    { mode: 0o600 },
  );
  process.env['AWS_SHARED_CREDENTIALS_FILE'] = credentialsFile;
  process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
  const endpoint = `http://127.0.0.1:${port}`;
  const client = starting.adopt(
    new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true }),
    (opened) => opened.destroy(),
  );
  const running = starting.move();
  return {
    endpoint,
    credentialsFile,
    createBucket: async () => {
      const Bucket = `mail-${randomBytes(6).toString('hex')}`;
      await client.send(new CreateBucketCommand({ Bucket }));
      return Bucket;
    },
    createUser: () => createUser(),
    allow: async (Bucket, { user }, policy) => {
      const { Statement } = policy as { readonly Statement: readonly object[] };
      const Principal = { AWS: `arn:aws:iam:::user/${user}` };
      const Policy = JSON.stringify({
        ...policy,
        Statement: Statement.map((statement) => ({ ...statement, Principal })),
      });
      await client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    },
    signal: (signal) => void gateway.kill(signal),
    kill: () => end(gateway),
    restart: async () => {
      gateway = await startGateway();
    },
    setQuota: (bytes) => {
      admin('quota', 'set', '--quota-scope=user', '--uid=tests', `--max-size=${bytes}`);
      admin('quota', bytes === 0 ? 'disable' : 'enable', '--quota-scope=user', '--uid=tests');
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

type Cluster = {
  readonly folder: string;
  readonly cluster: string;
  readonly monitorPort: number;
  readonly port: number;
};

function cephSettings({ folder, cluster, monitorPort, port }: Cluster): string {
  return `[global]
fsid = ${cluster}
mon host = [v2:127.0.0.1:${monitorPort}]
public addr = 127.0.0.1
ms bind ipv6 = false
keyring = ${folder}/keyring
run dir = ${folder}/run
crash dir = ${folder}/run
log file = ${folder}/$name.log
admin socket =
pid file =
mon data = ${folder}/mon
mon data avail crit = 1
mon data avail warn = 2
mon allow pool size one = true
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd crush update on start = false
osd crush chooseleaf type = 0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw dynamic resharding = false
rgw bucket quota ttl = 1
rgw user quota bucket sync interval = 1
rgw user quota sync interval = 1
`;
}

function run(command: string, options: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, options, {
    encoding: 'utf8',
    timeout: startMs,
  });
  if (status !== 0)
    throw new Error(`${command} ${options.slice(2, 5).join(' ')}: ${error?.message ?? stderr}`);
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  const untilMs = performance.now() + startMs;
  while (child.exitCode === null && performance.now() < untilMs) {
    const isThere = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isThere) return;
    await delay(100);
  }
  await end(child);
  throw new Error(`${child.spawnfile} does not answer at ${url}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
