import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostAndPort } from '../../src/smtp/next-hop-settings.ts';
import { listens } from '../support/smtp-ports.ts';
import { SmtpRecorder, type Script } from '../support/smtp-recorder.ts';
import type { Ledger } from './ledger.ts';

const sinkProgram = '/usr/sbin/smtp-sink';

/** Where a next hop follows its script, and what it says there; undefined is the ordinary reply. */
export type NextHopScript = (line: string) => string | undefined;

/**
 * One port where different next hops take turns: a recorder that follows a script, smtp-sink with faults, nobody. All of
 * them write what they take into the ledger.
 */
export class NextHop implements AsyncDisposable {
  readonly address: HostAndPort;
  /** Called with every command line, `''` for the greeting and `.` for a whole message, before the reply is written. */
  onLine: (line: string) => void = () => undefined;
  script: NextHopScript = () => undefined;
  readonly #ledger: Ledger;
  readonly #dumps: string;
  #recorder: SmtpRecorder | null = null;
  #sinks = 0;

  constructor(port: number, ledger: Ledger, directory: string) {
    this.address = { host: '127.0.0.1', port };
    this.#ledger = ledger;
    this.#dumps = join(directory, 'dumps');
  }

  async open(): Promise<void> {
    const follow: Script = (line, session) => {
      this.onLine(line);
      const answer = this.script(line);
      const [bytes] = session.messages.splice(0);
      if (line === '.') session.wire = Buffer.alloc(0);
      if (line === '.' && bytes !== undefined && (answer === undefined || !/^[45]/.test(answer)))
        this.#ledger.arrived(bytes, answer === undefined ? 'promised' : 'unpromised');
      return answer;
    };
    this.#recorder = await SmtpRecorder.start(follow, undefined, this.address.port);
  }

  /** Nobody listens any more, and every session is cut. */
  async close(): Promise<void> {
    const recorder = this.#recorder;
    this.#recorder = null;
    await recorder?.[Symbol.asyncDispose]();
  }

  /**
   * smtp-sink takes the port until the result is disposed of. What it takes counts as `promised`, unless its faults make
   * it hide (`-q .`) or break (`-f .`, `-r .`) the promise.
   */
  async sink(faults: readonly string[]): Promise<AsyncDisposable> {
    await this.close();
    const directory = join(this.#dumps, String(++this.#sinks));
    await mkdir(directory, { recursive: true });
    for (const path of [this.#dumps, directory]) await chmod(path, 0o777);
    const atDot = faults.find(
      (value, index) => value.includes('.') && /^-[frqQ]$/.test(faults[index - 1] ?? ''),
    );
    const refuses = atDot !== undefined && !faults.includes('-q');
    const asUser = process.getuid?.() === 0 ? ['-u', 'postfix'] : [];
    const dump = refuses ? [] : ['-d', join(directory, '%H.')];
    const sink = spawn(
      sinkProgram,
      [...asUser, ...dump, ...faults, `127.0.0.1:${this.address.port}`, '50'],
      { stdio: 'ignore' },
    );
    const exited = once(sink, 'exit');
    await listens(this.address);
    return {
      [Symbol.asyncDispose]: async () => {
        sink.kill('SIGTERM');
        await exited;
        await this.#countDumps(directory, atDot === undefined ? 'promised' : 'unpromised');
        await this.open();
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** smtp-sink(1): a dump is renamed to nothing, so one cut off in the middle must be told by its missing end. */
  async #countDumps(directory: string, copy: 'promised' | 'unpromised'): Promise<void> {
    for (const name of await readdir(directory)) {
      const bytes = await readFile(join(directory, name));
      if (isWholeDump(bytes)) this.#ledger.arrived(bytes, copy);
    }
    await rm(directory, { recursive: true });
  }
}

/** Messages of a run end in one of two lines, whole mail and no other. */
function isWholeDump(bytes: Buffer): boolean {
  return /(?:is forty\.|code is 123456\.)\r?\n\s*$/.test(
    bytes.toString('latin1', bytes.length - 60),
  );
}
