import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseHostPort, type HostPort } from '../../src/config/host-port.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export type ServedLine = Readonly<Record<string, unknown>> & { readonly msg: string };

/** `serve` as a process of its own. Disposing kills it, if it has not ended. */
export type Served = AsyncDisposable & {
  readonly child: ChildProcess;
  readonly smtp: HostPort;
  readonly http: string;
  readonly lines: readonly ServedLine[];
  /** What it and its workers said beside the log. */
  readonly complaints: () => string;
  /** The first line, also an earlier one, of which it is true. */
  readonly logged: (isIt: (line: ServedLine) => boolean) => Promise<ServedLine>;
  /** Sum of the series of this name that have these labels, as `/metrics` shows them. */
  readonly metric: (name: string, labels?: string) => Promise<number>;
  /** Process ids of workers by their number, the latest of each. */
  readonly workers: () => ReadonlyMap<number, number>;
  /** Sends a signal and resolves with exit code and signal. */
  readonly end: (signal: NodeJS.Signals) => Promise<readonly [number | null, string | null]>;
};

/** Starts it (or `program`) on free ports of loopback, and resolves once it is ready. */
export async function startServe(
  nextHop: HostPort,
  flags: readonly string[],
  program = main,
): Promise<Served> {
  const ports = ['--listen', '127.0.0.1:0', '--http', '127.0.0.1:0'];
  const hop = ['--next-hop', `${nextHop.host}:${nextHop.port}`];
  const child = spawn(process.execPath, [program, 'serve', ...ports, ...hop, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close') as Promise<[number | null, string | null]>;
  const lines: ServedLine[] = [];
  const news = new EventEmitter().setMaxListeners(0);
  let complaints = '';
  child.stderr.on('data', (data: Buffer) => {
    complaints += data.toString();
  });
  createInterface(child.stdout).on('line', (text) => {
    lines.push(JSON.parse(text) as ServedLine);
    news.emit('line');
  });
  void closed.then(() => news.emit('error', new Error(`serve has ended: ${complaints}`)));
  news.on('error', () => undefined);
  const logged = async (isIt: (line: ServedLine) => boolean): Promise<ServedLine> => {
    for (let seen = 0; ;) {
      for (; seen < lines.length; seen++) if (isIt(lines[seen]!)) return lines[seen]!;
      await once(news, 'line');
    }
  };
  const { smtp, http } = await logged(({ msg }) => msg === 'ready');
  const address = parseHostPort(String(smtp));
  if (!address.ok) throw new Error(address.message);
  return {
    child,
    smtp: address.value,
    http: String(http),
    lines,
    complaints: () => complaints,
    logged,
    metric: async (name, labels = '') => {
      const text = await (await fetch(`http://${String(http)}/metrics`)).text();
      return text
        .split('\n')
        .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
        .filter((line) => line.includes(labels))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
    },
    workers: () =>
      new Map(
        lines
          .filter(({ msg }) => msg === 'worker takes mail')
          .map(({ worker, pid }) => [worker as number, pid as number]),
      ),
    end: async (signal) => {
      child.kill(signal);
      return closed;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
