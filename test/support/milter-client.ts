import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A packet of the milter as the mail server gets it. */
export type MilterAnswer = { readonly name: string; readonly data: Buffer };

/** What Postfix 3 offers: version 6, all actions, all steps. */
export const postfixOffer = { version: 6, actions: 0x1ff, steps: 0x1fffff };

/** Steps that say that nobody answers; of those `C`, `H`, `M`, `L`, `N`, `B` are taken. */
const silentIn: Readonly<Record<string, number>> = {
  C: 0x1000,
  H: 0x2000,
  M: 0x4000,
  T: 0x1_0000,
  L: 0x80,
  N: 0x4_0000,
  B: 0x8_0000,
};

export type ClientMessage = {
  readonly bytes: Buffer | string;
  readonly from?: string;
  readonly recipients?: readonly string[];
  readonly queueId?: string;
  readonly macros?: Readonly<Record<string, string>>;
  readonly chunkBytes?: number;
};

/**
 * The mail server's side of the milter protocol, written from its description and not with the code under test, so that
 * both cannot be wrong in the same way.
 */
export class MilterClient implements AsyncDisposable {
  readonly socket: Socket;
  readonly #packets: AsyncIterator<MilterAnswer, undefined>;
  steps = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    this.#packets = readPackets(socket);
  }

  static async open(address: {
    readonly host: string;
    readonly port: number;
  }): Promise<MilterClient> {
    const socket = connect(address);
    await once(socket, 'connect');
    return new MilterClient(socket);
  }

  /** Opens, agrees on options, and tells of a client. */
  static async greeted(
    address: { readonly host: string; readonly port: number },
    { offer = postfixOffer, clientAddress = '127.0.0.1' } = {},
  ): Promise<MilterClient> {
    const client = await MilterClient.open(address);
    await client.negotiate(offer);
    await client.connected(clientAddress);
    return client;
  }

  async negotiate(offer = postfixOffer): Promise<Buffer> {
    this.send('O', numbers(offer.version, offer.actions, offer.steps));
    const { name, data } = await this.next();
    assert.equal(name, 'O');
    this.steps = data.readUInt32BE(8);
    return data;
  }

  async connected(clientAddress: string, hostname = 'unknown'): Promise<void> {
    const family = clientAddress.includes(':') ? '6' : '4';
    await this.say('C', Buffer.from(`${hostname}\0${family}`), Buffer.from([0x12, 0x34]), Buffer.from(`${clientAddress}\0`)); // prettier-ignore
    await this.say('H', Buffer.from('client.test\0'));
  }

  /** Writes one packet. */
  send(name: string, ...parts: readonly Buffer[]): void {
    const data = Buffer.concat(parts);
    this.socket.write(Buffer.concat([numbers(data.length + 1), Buffer.from(name), data]));
  }

  /** The same, and waits for leave to go on where it was agreed that there is one. */
  async say(name: string, ...parts: readonly Buffer[]): Promise<void> {
    this.send(name, ...parts);
    if ((this.steps & (silentIn[name] ?? 0)) === 0) assert.equal((await this.next()).name, 'c');
  }

  async next(): Promise<MilterAnswer> {
    const { value, done } = await this.#packets.next();
    if (done === true) assert.fail('the connection was closed instead of an answer');
    return value;
  }

  /** Waits for the end of the connection; what comes before it is given. */
  async end(): Promise<MilterAnswer[]> {
    const answers: MilterAnswer[] = [];
    for (let at = await this.#packets.next(); at.done !== true; at = await this.#packets.next())
      answers.push(at.value);
    return answers;
  }

  /** MAIL to the end of a message; gives the answers to the end, the last one being the final one. */
  async message(message: ClientMessage): Promise<MilterAnswer[]> {
    const refused = await this.envelope(message);
    if (refused.length > 0) return refused;
    await this.content(message);
    return this.endOfMessage(message);
  }

  /** Answers to recipients that are not taken. */
  async envelope({
    from = 'sender@vendor.example',
    recipients = ['somebody@example.test'],
    macros = {},
  }: Partial<ClientMessage>): Promise<MilterAnswer[]> {
    this.macros('M', { mail_addr: from, ...macros });
    await this.say('M', Buffer.from(`<${from}>\0SIZE=1000\0`));
    const refused: MilterAnswer[] = [];
    for (const recipient of recipients) {
      this.send('R', Buffer.from(`<${recipient}>\0`));
      const answer = await this.next();
      if (answer.name !== 'c') refused.push(answer);
    }
    return refused;
  }

  async content({ bytes, chunkBytes = 65_535 }: ClientMessage): Promise<void> {
    const text = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    const end = text.indexOf('\r\n\r\n');
    const head = text.toString('latin1', 0, end < 0 ? text.length : end + 2);
    for (const field of head.split(/\r\n(?![ \t])/).filter((line) => line !== '')) {
      const [, name = '', value = ''] = /^([^:]*):(.*)$/s.exec(field) ?? [];
      const isLeading = (this.steps & 0x10_0000) !== 0;
      const given = (isLeading ? value : value.trimStart()).replaceAll('\r\n', '\n');
      await this.say('L', Buffer.from(`${name}\0${given}\0`, 'latin1'));
    }
    await this.say('N');
    const body = end < 0 ? Buffer.alloc(0) : text.subarray(end + 4);
    for (let at = 0; at < body.length; at += chunkBytes)
      await this.say('B', body.subarray(at, at + chunkBytes));
  }

  async endOfMessage({ queueId = '4Q1' }: Partial<ClientMessage> = {}): Promise<MilterAnswer[]> {
    this.macros('E', { i: queueId });
    this.send('E');
    const answers: MilterAnswer[] = [];
    do answers.push(await this.next());
    while (!'caryt'.includes(answers.at(-1)?.name ?? 'c'));
    return answers;
  }

  macros(stage: string, values: Readonly<Record<string, string>>): void {
    const words = Object.entries(values).map(([name, value]) => {
      const written = name.length > 1 ? `{${name}}` : name;
      return `${written}\0${value}\0`;
    });
    this.send('D', Buffer.from(stage + words.join('')));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.socket.closed) return;
    const closed = once(this.socket, 'close');
    this.socket.destroy();
    await closed;
  }
}

/** What is left of a message after these answers: the fields on top, and what was taken away, as text. */
export function answered(answers: readonly MilterAnswer[]) {
  const strings = ({ data }: MilterAnswer, from: number) =>
    data.toString('latin1', from).split('\0').slice(0, 2);
  const of = (name: string) => answers.filter((answer) => answer.name === name);
  return {
    final: answers.at(-1)?.name ?? '',
    /** From the top down. */
    onTop: of('i')
      .map((answer) => strings(answer, 4).join(':'))
      .reverse(),
    changed: of('m').map((answer) => ({
      index: answer.data.readUInt32BE(0),
      name: strings(answer, 4)[0] ?? '',
      value: strings(answer, 4)[1] ?? '',
    })),
    added: of('h').map((answer) => strings(answer, 0).join(':')),
    body: of('b').length === 0 ? null : Buffer.concat(of('b').map(({ data }) => data)),
    quarantined: of('q').map(({ data }) => data.toString('utf8').replace(/\0$/, '')),
    reply: of('y')
      .map(({ data }) => data.toString('utf8').replace(/\0$/, ''))
      .join(''),
  };
}

export function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

async function* readPackets(socket: Socket): AsyncGenerator<MilterAnswer, undefined> {
  let bytes = Buffer.alloc(0);
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      bytes = Buffer.concat([bytes, chunk]);
      while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE(0)) {
        const end = 4 + bytes.readUInt32BE(0);
        yield { name: bytes.toString('latin1', 4, 5), data: bytes.subarray(5, end) };
        bytes = bytes.subarray(end);
      }
    }
  } catch {
    // cut off: the same as closed
  }
}
