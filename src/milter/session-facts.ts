import { isHostname } from '../smtp/confirmed-hostname.ts';
import type { Connection } from '../smtp/transaction.ts';
import type { Macros, MilterClient } from './command.ts';

/** Stages, latest first: what was told last holds. */
const stages = ['E', 'N', 'R', 'M', 'H', 'C'];

/** What the mail server has said of its client, and of the message that is on its way. */
export class SessionFacts {
  #client: MilterClient | null = null;
  #helo = '';
  readonly #macros = new Map<string, Macros>();

  get hasClient(): boolean {
    return this.#client !== null;
  }

  connect(client: MilterClient): void {
    this.#client = client;
    this.#helo = '';
  }

  greet(name: string): void {
    // It ends up in header fields.
    this.#helo = name.slice(0, 255).replaceAll(/[^\x21-\x7e]/g, '?');
  }

  define(stage: string, values: Macros): void {
    if (stages.includes(stage)) this.#macros.set(stage, values);
  }

  /** Another message begins: what was told of the one before is not of this one. Macros of MAIL came before MAIL. */
  beginMessage(): void {
    for (const stage of ['R', 'N', 'E']) this.#macros.delete(stage);
  }

  /** A message has ended. */
  endMessage(): void {
    this.beginMessage();
    this.#macros.delete('M');
  }

  forget(): void {
    this.#client = null;
    this.#helo = '';
    this.#macros.clear();
  }

  /** The empty string where it was not told; `?` where it is nothing that could go into a log. */
  macro(name: string): string {
    const values = stages.map((stage) => this.#macros.get(stage)?.get(name));
    const value = values.find((given) => given !== undefined && given !== '') ?? '';
    return value === '' || /^[!-~]{1,255}$/.test(value) ? value : '?';
  }

  connection(): Connection {
    const { hostname = '', address = '', port = 0 } = this.#client ?? {};
    const name = hostname.toLowerCase();
    // Sendmail gives also a name that does not lead back to the address; Postfix calls it `unknown`.
    const isConfirmed = /^(?:OK)?$/i.test(this.macro('client_resolve'));
    return {
      clientAddress: address,
      clientPort: port,
      clientHostname: isConfirmed && name !== 'unknown' && isHostname(name) ? name : null,
      helo: this.#helo,
      protocol: this.macro('tls_version') === '' ? 'ESMTP' : 'ESMTPS',
    };
  }
}
