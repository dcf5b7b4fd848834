import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startRedis } from '../../support/redis.ts';
import { freePort } from '../../support/smtp-ports.ts';
import type { ProcessorShare } from './processor-share.ts';
import { senders, type Site } from './site.ts';
import { startSubject, type Subject } from './subject.ts';

export type GatewayOptions = {
  /** Null: the sender is watched by nobody. Else its alias has been taught, in a store of its own. */
  readonly store: 'sqlite' | 'redis' | null;
  readonly workers?: number;
  readonly cpus?: string | null;
  readonly within?: ProcessorShare | null;
  /** For Node itself, besides those that ship. */
  readonly nodeFlags?: readonly string[];
};

/** NODE_OPTIONS of the Dockerfile and of the systemd unit. */
export const shippedNodeFlags = [
  '--max-semi-space-size=32',
  '--max-old-space-size=2048',
  '--v8-pool-size=1',
];

/** `serve` as operators run it, on the rules that ship. */
export async function startGateway(
  name: string,
  site: Site,
  options: GatewayOptions,
): Promise<Subject> {
  const { store, workers = 1, cpus = null, within = null } = options;
  const nodeFlags = [...shippedNodeFlags, ...(options.nodeFlags ?? [])];
  await using starting = new AsyncDisposableStack();
  const home = await mkdtemp(join(site.directory, 'gateway-'));
  const rules = join(home, 'rules');
  await cp('rules', rules, { recursive: true });
  const common = ['--state-dir', join(home, 'state'), '--rules', rules, '--dns', site.dns];
  if (store !== null) {
    const policy = join(rules, 'policy.yaml');
    const text = await readFile(policy, 'utf8');
    await writeFile(policy, text.replace(/^watch: \[\]/m, `watch: [notify@${senders.watched}]`));
    const redis = store === 'redis' ? starting.use(await startRedis()) : null;
    common.push('--store', redis?.url ?? `sqlite:${join(home, 'baselines.db')}`);
    const learn = ['learn', site.taught(), '--assume-authenticated', ...common];
    await promisify(execFile)(process.execPath, [...site.gateway, ...learn]);
  }
  const port = await freePort();
  const http = await freePort();
  const flags = ['--listen', `127.0.0.1:${port}`, '--http', `127.0.0.1:${http}`];
  flags.push('--next-hop', `127.0.0.1:${site.sinkPort}`, '--exempt', '127.0.0.1/32');
  if (workers > 1) flags.push('--workers', `${workers}`);
  const subject = starting.use(
    await startSubject({
      ...{ name, cpus, within, share: 1, takes: { protocol: 'smtp', port } },
      sender: store === null ? 'unwatched' : 'watched',
      command: [process.execPath, ...nodeFlags, ...site.gateway, 'serve', ...flags, ...common],
    }),
  );
  const started = starting.move();
  return {
    ...subject,
    unscored: () => unscoredOf(http),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** Mail goes on where it cannot be judged, by one counter for each cause. */
async function unscoredOf(http: number): Promise<number> {
  // A connection that is kept may be closed at the very moment that it is used again.
  const headers = { connection: 'close' };
  const metrics = await (await fetch(`http://127.0.0.1:${http}/metrics`, { headers })).text();
  const counts = metrics.matchAll(/^aliaswatch_fail_open_total\{[^}]*\} (\d+)$/gm);
  return Array.from(counts, ([, count]) => Number(count)).reduce((sum, count) => sum + count, 0);
}
