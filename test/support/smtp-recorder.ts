import { EventEmitter, once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What happened in one connection to the recorder. */
export type RecordedSession = {
  readonly commands: string[];
  /** Messages that came with their final dot, dots unstuffed. */
  readonly messages: Buffer[];
  /** Everything that was received, as it was on the wire. */
  wire: Buffer;
  closed: boolean;
};

/** Instead of a reply: cut the connection (also after replies: `250 Ok\r\ndrop`), or say nothing. */
export type Fault = 'drop' | 'silence';
/**
 * Reply (or Fault) to a command line, without line ending; undefined takes the ordinary one. The line is empty for the
 * greeting and `.` for the end of a message.
 */
export type Script = (line: string, session: RecordedSession) => string | undefined;

export const allExtensions = [
  'PIPELINING',
  'SIZE 50000000',
  '8BITMIME',
  'SMTPUTF8',
  'DSN',
  'ENHANCEDSTATUSCODES',
];

/**
 * A next hop that records exact bytes and follows a script. It is written on sockets and not with the libraries under
 * test, so that both cannot be wrong in the same way.
 */
export class SmtpRecorder implements AsyncDisposable {
  readonly sessions: RecordedSession[] = [];
  script: Script;
  readonly #extensions: readonly string[];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #changes = new EventEmitter();

  private constructor(script: Script, extensions: readonly string[]) {
    this.script = script;
    this.#extensions = extensions;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(
    script: Script = () => undefined,
    extensions: readonly string[] = allExtensions,
    port = 0,
  ): Promise<SmtpRecorder> {
    const recorder = new SmtpRecorder(script, extensions);
    recorder.#server.listen(port, '127.0.0.1');
    await once(recorder.#server, 'listening');
    return recorder;
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  get messages(): Buffer[] {
    return this.sessions.flatMap(({ messages }) => messages);
  }

  /** Sessions that did more than look (EHLO and QUIT), as a front hop does when it starts. */
  get mailSessions(): RecordedSession[] {
    return this.sessions.filter(({ commands }) => commands.some((line) => /^MAIL/i.test(line)));
  }

  /** Addresses of every RCPT, in order. */
  get rcptTo(): string[] {
    return this.mailSessions.flatMap(({ commands }) =>
      commands.flatMap((line) => /^RCPT TO:<(.*?)>/i.exec(line)?.[1] ?? []),
    );
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  /** Waits until the condition holds; looked at after every change. */
  async until(condition: (recorder: SmtpRecorder) => boolean): Promise<void> {
    while (!condition(this)) await once(this.#changes, 'change');
  }

  /** A reply that was withheld, on every connection that is open. */
  say(line: string): void {
    for (const socket of this.#sockets) socket.write(`${line}\r\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(socket: Socket): void {
    const session: RecordedSession = {
      commands: [],
      messages: [],
      wire: Buffer.alloc(0),
      closed: false,
    };
    this.sessions.push(session);
    this.#sockets.add(socket);
    this.#changes.emit('change');
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      session.closed = true;
      this.#sockets.delete(socket);
      this.#changes.emit('change');
    });
    const answer = (line: string, ordinary: string): string => {
      const reply = this.script(line, session) ?? ordinary;
      const isCut = reply.endsWith('drop');
      const text = isCut ? reply.slice(0, -'drop'.length) : `${reply}\r\n`;
      if (reply === 'drop') socket.destroy();
      else if (reply !== 'silence') socket.write(text);
      if (line === 'QUIT' || isCut) socket.end();
      return reply;
    };
    answer('', '220 recorder.test ESMTP');
    const reader = new WireReader(session, answer, this.#extensions);
    socket.on('data', (chunk: Buffer) => {
      reader.push(chunk);
      this.#changes.emit('change');
    });
  }
}

class WireReader {
  readonly #session: RecordedSession;
  readonly #answer: (line: string, ordinary: string) => string;
  readonly #extensions: readonly string[];
  #rest = Buffer.alloc(0);
  #inData = false;

  constructor(
    session: RecordedSession,
    answer: (line: string, ordinary: string) => string,
    extensions: readonly string[],
  ) {
    this.#session = session;
    this.#answer = answer;
    this.#extensions = extensions;
  }

  push(chunk: Buffer): void {
    this.#session.wire = Buffer.concat([this.#session.wire, chunk]);
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#inData ? this.#message() : this.#command());
  }

  #message(): boolean {
    const end = `\r\n${this.#rest.toString('latin1')}`.indexOf('\r\n.\r\n');
    if (end === -1) return false;
    const stuffed = `\r\n${this.#rest.toString('latin1', 0, end)}`;
    this.#session.messages.push(
      Buffer.from(stuffed.replaceAll('\r\n.', '\r\n').slice(2), 'latin1'),
    );
    this.#rest = this.#rest.subarray(end + 3);
    this.#inData = false;
    this.#answer('.', '250 2.0.0 Ok: queued as R1');
    return true;
  }

  #command(): boolean {
    const end = this.#rest.indexOf('\r\n');
    if (end === -1) return false;
    const line = this.#rest.toString('utf8', 0, end);
    this.#rest = this.#rest.subarray(end + 2);
    this.#session.commands.push(line);
    const verb = line.split(/[ :]/)[0]?.toUpperCase() ?? '';
    if (verb === 'DATA') {
      this.#inData = this.#answer(line, '354 go ahead').startsWith('354');
    } else if (verb === 'EHLO') {
      const lines = ['recorder.test', ...this.#extensions];
      this.#answer(
        line,
        lines
          .map((text, index) => `250${index === lines.length - 1 ? ' ' : '-'}${text}`)
          .join('\r\n'),
      );
    } else {
      const ordinary: Record<string, string> = {
        QUIT: '221 2.0.0 Bye',
        XCLIENT: '220 recorder.test ESMTP',
      };
      this.#answer(line, ordinary[verb] ?? '250 2.1.0 Ok');
    }
    return true;
  }
}
