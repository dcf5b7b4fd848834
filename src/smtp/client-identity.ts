import type { IsListed } from './address-ranges.ts';
import { confirmedHostname, type ReverseResolver } from './confirmed-hostname.ts';
import {
  withForwarded,
  xclientAttributes,
  xforwardAttributes,
  type ForwardedClient,
} from './forwarded-client.ts';
import type { Endpoint } from './proxy-protocol.ts';
import type { Connection } from './transaction.ts';

export type IdentityOptions = {
  readonly resolver: ReverseResolver;
  readonly reverseLookupMs: number;
  /** Who may say by XCLIENT or XFORWARD that the client is somebody else. */
  readonly isForwarder: IsListed;
};

/** Who the client is: what the connection shows, or what a listed mail server in front of us says of it. */
export class ClientIdentity {
  readonly #peer: Endpoint;
  readonly #options: IdentityOptions;
  #lookup: { readonly address: string; readonly hostname: Promise<string | null> };
  #client: ForwardedClient = {};
  #forwarded: ForwardedClient = {};

  constructor(peer: Endpoint, options: IdentityOptions) {
    this.#peer = peer;
    this.#options = options;
    // Started now and awaited at MAIL: a slow DNS server must not delay the greeting.
    this.#lookup = this.#lookUp(peer.address);
  }

  /** Address that counts for limits. */
  get address(): string {
    return this.#forwarded.address ?? this.#client.address ?? this.#peer.address;
  }

  /** Once the session has been handed over to the client, the client must not give itself another name. */
  get mayForward(): boolean {
    return this.#client.address === undefined && this.#options.isForwarder(this.#peer.address);
  }

  /** For EHLO. */
  get keywords(): readonly string[] {
    return this.mayForward
      ? [`XCLIENT ${xclientAttributes}`, `XFORWARD ${xforwardAttributes}`]
      : [];
  }

  /** From now on the session is the client's; its own EHLO, which follows, says HELO name and protocol. */
  handOver(client: ForwardedClient): void {
    this.#client = { ...this.#client, ...client };
    this.#lookUpAnew();
  }

  /** For one transaction (XFORWARD_README); several commands add up. */
  forward(client: ForwardedClient): void {
    this.#forwarded = { ...this.#forwarded, ...client };
    this.#lookUpAnew();
  }

  endTransaction(): void {
    this.#forwarded = {};
    this.#lookUpAnew();
  }

  async describe(said: Pick<Connection, 'helo' | 'protocol'>): Promise<Connection> {
    const { address, port } = this.#peer;
    const shown = { ...said, clientAddress: address, clientPort: port, clientHostname: null };
    const known = withForwarded(withForwarded(shown, this.#client), this.#forwarded);
    // A name that was told belongs to the address that was told with it, or before it.
    const told = this.#forwarded.address === undefined ? this.#client : this.#forwarded;
    const isTold = told.hostname !== undefined || this.#forwarded.hostname !== undefined;
    return isTold ? known : { ...known, clientHostname: await this.#lookup.hostname };
  }

  #lookUpAnew(): void {
    if (this.address !== this.#lookup.address) this.#lookup = this.#lookUp(this.address);
  }

  #lookUp(address: string): { address: string; hostname: Promise<string | null> } {
    const { resolver, reverseLookupMs } = this.#options;
    return { address, hostname: confirmedHostname(address, resolver, reverseLookupMs) };
  }
}
