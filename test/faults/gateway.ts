import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { HostAndPort } from '../../src/smtp/next-hop-settings.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export type GatewayOptions = {
  /** Fixed, so that clients find it again after a restart. */
  readonly listen: HostAndPort;
  readonly nextHop: HostAndPort;
  readonly stateDir: string;
  readonly dns: string;
  readonly store: string;
};

/** `serve` as a process that can be killed at any moment, and started again on what it left behind. */
export class Gateway implements AsyncDisposable {
  readonly #options: GatewayOptions;
  #child: ChildProcess | null = null;
  #starts = 0;
  #kills = 0;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  get address(): HostAndPort {
    return this.#options.listen;
  }

  get starts(): number {
    return this.#starts;
  }

  get kills(): number {
    return this.#kills;
  }

  get isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when it takes mail. */
  async start(): Promise<void> {
    const { listen, nextHop, stateDir, dns, store } = this.#options;
    this.#starts++;
    const settings: Readonly<Record<string, string | number>> = {
      listen: `${listen.host}:${listen.port}`,
      http: '127.0.0.1:0',
      'next-hop': `${nextHop.host}:${nextHop.port}`,
      'state-dir': stateDir,
      store,
      dns,
      mode: 'enforce',
      hostname: 'gateway.test',
      'dns-timeout-ms': 150,
      'analysis-deadline-ms': 1000,
      'store-timeout-ms': 100,
      'relay-deadline-ms': 1500,
      'drain-ms': 3000,
      'spool-memory-bytes': 65_536,
    };
    const flags = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
    const child = spawn(process.execPath, [main, 'serve', ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      },
    });
    this.#child = child;
    let complaints = '';
    child.stderr.on('data', (text: Buffer) => (complaints += text.toString()));
    const ready = Promise.withResolvers<undefined>();
    createInterface(child.stdout).on('line', (line) => {
      if (line.includes('"msg":"ready"')) ready.resolve(undefined);
    });
    child.once('exit', (code, signal) =>
      ready.reject(new Error(`the gateway ended (${code ?? signal ?? ''}): ${complaints}`)),
    );
    await ready.promise;
  }

  /** SIGKILL, now: nothing of it runs after this returns. */
  kill(): void {
    if (!this.isRunning || this.#child?.killed === true) return;
    this.#kills++;
    this.#child?.kill('SIGKILL');
  }

  /** Until it has ended; asked to with SIGTERM unless it was killed. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null || !this.isRunning) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }

  /** After a kill: waits for the end of the process and starts the next one. */
  async restart(): Promise<void> {
    const child = this.#child;
    if (child !== null && this.isRunning) await once(child, 'exit');
    await this.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    if (child === null || !this.isRunning) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
}
