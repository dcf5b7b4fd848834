import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchSender } from './signed-mail.ts';
import { freePort, listens } from '../../support/smtp-ports.ts';

/** One program that is measured, in a process of its own. */
export type Subject = AsyncDisposable & {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  readonly sender: BenchSender;
};

export type SubjectSite = {
  readonly directory: string;
  readonly sinkPort: number;
  /** `host:port`. */
  readonly dns: string;
};

const main = join(import.meta.dirname, '../../../src/main.ts');

export async function startBareRelay(
  name: string,
  sender: BenchSender,
  { sinkPort, dns }: SubjectSite,
  authenticates: boolean,
): Promise<Subject> {
  const port = await freePort();
  const program = join(import.meta.dirname, 'bare-relay.ts');
  const flags = [
    `--port=${port}`,
    `--next=${sinkPort}`,
    ...(authenticates ? [`--dns=${dns}`] : []),
  ];
  return running({ name, sender, port }, [program, ...flags]);
}

/** `store` null: the sender is watched by nobody. Else its alias was taught `taught`, an mbox file, first. */
export async function startGateway(
  name: string,
  sender: BenchSender,
  site: SubjectSite,
  watched: { readonly store: string; readonly taught: string } | null,
): Promise<Subject> {
  const port = await freePort();
  const stateDir = join(site.directory, name.replaceAll(' ', '-'));
  const rules = `${stateDir}-rules`;
  await cp('rules', rules, { recursive: true });
  const common = ['--state-dir', stateDir, '--rules', rules, '--dns', site.dns];
  if (watched !== null) {
    const policy = join(rules, 'policy.yaml');
    const text = await readFile(policy, 'utf8');
    await writeFile(policy, text.replace(/^watch: \[\]/m, `watch: [notify@${sender.domain}]`));
    common.push('--store', watched.store);
    const learn = [main, 'learn', watched.taught, '--assume-authenticated', ...common];
    await promisify(execFile)(process.execPath, learn);
  }
  const flags = ['--listen', `127.0.0.1:${port}`, '--http', `127.0.0.1:${await freePort()}`];
  const nextHop = ['--next-hop', `127.0.0.1:${site.sinkPort}`, '--exempt', '127.0.0.1/32'];
  return running({ name, sender, port }, [main, 'serve', ...flags, ...nextHop, ...common]);
}

async function running(
  subject: Pick<Subject, 'name' | 'sender' | 'port'>,
  argv: readonly string[],
): Promise<Subject> {
  await using starting = new AsyncDisposableStack();
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');
  starting.defer(async () => {
    child.kill();
    await exited;
  });
  const ended = exited.then(() => {
    throw new Error(`${subject.name} ended at its start`);
  });
  await Promise.race([listens({ host: '127.0.0.1', port: subject.port }, 60_000), ended]);
  const started = starting.move();
  return {
    ...subject,
    pid: child.pid ?? 0,
    [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
  };
}
