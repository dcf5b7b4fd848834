import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** An SMTP client that says exactly what a test tells it to. */
export class SmtpDialogue implements AsyncDisposable {
  readonly socket: Socket;
  readonly #lines: AsyncIterator<string, undefined>;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.#lines = readLines(socket);
  }

  static async open(
    address: { readonly host: string; readonly port: number },
    localAddress = '127.0.0.1',
  ): Promise<SmtpDialogue> {
    const socket = connect({ ...address, localAddress });
    await once(socket, 'connect');
    return new SmtpDialogue(socket);
  }

  /** Opens, reads the greeting and says EHLO. */
  static async greeted(
    address: { readonly host: string; readonly port: number },
    localAddress = '127.0.0.1',
  ): Promise<SmtpDialogue> {
    const dialogue = await SmtpDialogue.open(address, localAddress);
    await dialogue.expect(220);
    await dialogue.command('EHLO client.test', 250);
    return dialogue;
  }

  /** Writes lines, each with CRLF; a Buffer as it is. All in one segment. */
  send(...lines: readonly (string | Buffer)[]): void {
    const bytes = lines.map((line) =>
      typeof line === 'string' ? Buffer.from(`${line}\r\n`) : line,
    );
    this.socket.write(Buffer.concat(bytes));
  }

  /** Reads one reply, all lines with their codes, and checks its code. */
  async expect(code: number): Promise<string[]> {
    const lines = await this.expectAny();
    assert.equal(lines.at(-1)?.slice(0, 3), String(code), lines.join('\n'));
    return lines;
  }

  /** Reads one reply, whatever its code. */
  async expectAny(): Promise<string[]> {
    const lines: string[] = [];
    do {
      const line = await this.#lines.next();
      if (line.done === true) {
        assert.fail(`connection closed instead of a reply, after ${JSON.stringify(lines)}`);
      }
      lines.push(line.value);
    } while (/^\d{3}-/.test(lines.at(-1) ?? ''));
    return lines;
  }

  async command(line: string | Buffer, code: number): Promise<string[]> {
    this.send(line);
    return this.expect(code);
  }

  /** DATA, the message as it is on the wire, and the final dot; reads the 354 and the final reply. */
  async data(wire: string | Buffer, code: number): Promise<string[]> {
    await this.command('DATA', 354);
    this.send(Buffer.from(wire), Buffer.from('.\r\n'));
    return this.expect(code);
  }

  /** Resolves when the server has closed the connection; fails if it says anything more. */
  async expectClose(): Promise<void> {
    const line = await this.#lines.next();
    if (line.done !== true) assert.fail(`unexpected: ${line.value}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.socket.closed) return;
    const closed = once(this.socket, 'close');
    this.socket.destroy();
    await closed;
  }
}

async function* readLines(socket: Socket): AsyncGenerator<string, undefined> {
  let rest = '';
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      const lines = (rest + chunk.toString('utf8')).split('\r\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
  }
  return undefined;
}
