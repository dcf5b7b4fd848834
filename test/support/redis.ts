import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
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
  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  starting.defer(kill);
  const running = starting.move();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    signal: (signal) => void server.kill(signal),
    kill,
    restart: async () => {
      server = await spawnServer(['--port', `${port}`, ...common]);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

export type RedisCluster = AsyncDisposable & { readonly url: string };

/** A real Cluster of three masters without replicas. */
export async function startRedisCluster(): Promise<RedisCluster> {
  await using servers = new AsyncDisposableStack();
  const nodes = [];
  for (let i = 0; i < 3; i++) {
    const [bus, node] = await onFreePort((free) =>
      startRedis(
        '--cluster-enabled',
        'yes',
        '--cluster-port',
        `${free}`,
        '--cluster-node-timeout',
        '2000',
      ),
    );
    nodes.push({ node: servers.use(node), bus });
  }
  const clients = nodes.map(({ node }) =>
    servers.adopt(new Redis(node.url), (client) => client.disconnect()),
  );
  const slots = ['0 5460', '5461 10922', '10923 16383'];
  await Promise.all(
    clients.map((client, i) => client.call('CLUSTER', 'ADDSLOTSRANGE', ...slots[i]!.split(' '))),
  );
  for (const { node, bus } of nodes.slice(1))
    await clients[0]!.call('CLUSTER', 'MEET', '127.0.0.1', node.port, bus);
  for (const client of clients) await settled(client);
  for (const client of clients) client.disconnect();
  const owned = servers.move();
  return {
    url: `redis-cluster://${nodes.map(({ node }) => `127.0.0.1:${node.port}`).join(',')}`,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The cluster has no event for "every node knows every slot". */
async function settled(client: Redis): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const info = String(await client.call('CLUSTER', 'INFO'));
    if (info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3')) return;
    await delay(50);
  }
  throw new Error('the Redis Cluster did not form');
}

async function spawnServer(settings: readonly string[]): Promise<ChildProcess> {
  const server = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  server.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.includes('Ready to accept connections')) resolve(undefined);
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
