import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from './smtp-ports.ts';

export type RedisServer = AsyncDisposable & {
  readonly port: number;
  readonly url: string;
  /** Sends a signal: SIGSTOP hangs the server, SIGCONT wakes it. */
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Resolves when the other has all that this one has, as its replica. */
  isFollowedBy(replica: RedisServer): Promise<void>;
  /** A new, empty server on the same port. */
  restart(): Promise<void>;
};

/** A real redis-server on a free loopback port that keeps nothing on disk. */
export async function startRedis(...settings: readonly string[]): Promise<RedisServer> {
  await using starting = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'aliaswatch-redis-'));
  starting.defer(() => rm(folder, { recursive: true, force: true }));
  const common = [
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'no',
    ...settings,
  ];
  const [port, first] = await onFreePort((free) => spawnServer(['--port', `${free}`, ...common]));
  let server = first;
  const kill = () => stop(server);
  starting.defer(kill);
  const running = starting.move();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    signal: (signal) => void server.kill(signal),
    kill,
    isFollowedBy: async (replica) => {
      const client = new Redis(replica.port, { retryStrategy: () => 50 });
      client.on('error', () => undefined);
      await settled(client, 'INFO replication', `master_port:${port}\r\nmaster_link_status:up`);
      client.disconnect();
    },
    restart: async () => {
      server = await spawnServer(['--port', `${port}`, ...common]);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

export type RedisCluster = AsyncDisposable & {
  readonly url: string;
  /** Masters in the order of their slots, each a third, then their replicas. */
  readonly servers: readonly RedisServer[];
};

/** A real Cluster of three masters, with a replica each if asked for. */
export async function startRedisCluster({
  replicas = false,
  nodeTimeoutMs = 2000,
  settings = [],
}: {
  readonly replicas?: boolean;
  /** After so long the others take a silent node for dead. */
  readonly nodeTimeoutMs?: number;
  readonly settings?: readonly string[];
} = {}): Promise<RedisCluster> {
  await using opened = new AsyncDisposableStack();
  const nodes = [];
  for (let i = 0; i < (replicas ? 6 : 3); i++) {
    const [bus, node] = await onFreePort((free) =>
      startRedis(
        ...['--cluster-enabled', 'yes', '--cluster-port', `${free}`],
        ...['--cluster-node-timeout', `${nodeTimeoutMs}`, '--repl-diskless-sync-delay', '0'],
        ...settings,
      ),
    );
    nodes.push({ node: opened.use(node), bus });
  }
  const clients = nodes.map(({ node }) =>
    opened.adopt(new Redis(node.url), (client) => client.disconnect()),
  );
  const slots = ['0 5460', '5461 10922', '10923 16383'];
  await Promise.all(
    slots.map((range, i) => clients[i]!.call('CLUSTER', 'ADDSLOTSRANGE', ...range.split(' '))),
  );
  for (const { node, bus } of nodes.slice(1))
    await clients[0]!.call('CLUSTER', 'MEET', '127.0.0.1', node.port, bus);
  const known = `cluster_known_nodes:${nodes.length}`;
  for (const client of clients) await settled(client, 'CLUSTER INFO', known);
  await Promise.all(
    clients.slice(3).map(async (client, i) => {
      const id = String(await clients[i]!.call('CLUSTER', 'MYID'));
      await client.call('CLUSTER', 'REPLICATE', id);
      await settled(client, 'INFO replication', 'master_link_status:up');
    }),
  );
  for (const client of clients) await settled(client, 'CLUSTER INFO', 'cluster_state:ok');
  for (const client of clients) client.disconnect();
  const owned = opened.move();
  const masters = nodes.slice(0, 3).map(({ node }) => `127.0.0.1:${node.port}`);
  return {
    url: `redis-cluster://${masters.join(',')}`,
    servers: nodes.map(({ node }) => node),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** No event tells what the others have heard. */
async function settled(client: Redis, question: string, answer: string): Promise<void> {
  const [command = '', ...rest] = question.split(' ');
  for (let attempt = 0; attempt < 600; attempt++) {
    if (String(await client.call(command, ...rest)).includes(answer)) return;
    await delay(50);
  }
  throw new Error(`${question} never said ${answer}`);
}

export type SentinelSet = AsyncDisposable & {
  readonly url: string;
  /** The first master, and its replica. */
  readonly servers: readonly [RedisServer, RedisServer];
};

/** Three real Sentinels that watch a server and its replica under the name `mail`. */
export async function startSentinels(): Promise<SentinelSet> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'aliaswatch-sentinel-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const master = opened.use(await startRedis('--repl-diskless-sync-delay', '0'));
  const replica = opened.use(
    await startRedis(
      ...['--replicaof', '127.0.0.1', `${master.port}`, '--repl-diskless-sync-delay', '0'],
    ),
  );
  await master.isFollowedBy(replica);
  const ports: number[] = [];
  for (let i = 0; i < 3; i++) {
    const [port, sentinel] = await onFreePort(async (free) => {
      const file = join(folder, `${free}.conf`);
      await writeFile(
        file,
        [
          `port ${free}`,
          'bind 127.0.0.1',
          `dir ${folder}`,
          `sentinel monitor mail 127.0.0.1 ${master.port} 2`,
          'sentinel down-after-milliseconds mail 500',
          'sentinel failover-timeout mail 3000',
          '',
        ].join('\n'),
      );
      return spawnServer([file, '--sentinel'], 'monitor master mail');
    });
    opened.defer(() => stop(sentinel));
    ports.push(port);
  }
  for (const port of ports) {
    const sentinel = new Redis(port);
    await settled(sentinel, 'INFO sentinel', 'slaves=1,sentinels=3');
    sentinel.disconnect();
  }
  const owned = opened.move();
  return {
    url: `redis-sentinel://${ports.map((port) => `127.0.0.1:${port}`).join(',')}/mail`,
    servers: [master, replica],
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGKILL');
  await once(server, 'exit');
}

async function spawnServer(
  settings: readonly string[],
  ready = 'Ready to accept connections',
): Promise<ChildProcess> {
  const server = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  server.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.includes(ready)) resolve(undefined);
  });
  server.once('exit', () =>
    reject(new Error(`redis-server ended before it was ready:\n${output}`)),
  );
  server.once('error', reject);
  await promise;
  return server;
}

/** A port that is free now may be taken a moment later: tries another. */
async function onFreePort<Started>(
  start: (port: number) => Promise<Started>,
): Promise<[number, Started]> {
  const failures: unknown[] = [];
  while (failures.length < 5) {
    const port = await freePort();
    try {
      return [port, await start(port)];
    } catch (error) {
      failures.push(error);
    }
  }
  throw new AggregateError(failures, 'redis-server does not start');
}
