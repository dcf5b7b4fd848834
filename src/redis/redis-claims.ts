import { readFileSync } from 'node:fs';
import type { RedisClient } from './redis-client.ts';

type Script = (keyCount: 1, key: string, ...args: (string | number)[]) => Promise<unknown>;
type Scripts = { readonly awClaim: Script; readonly awDisclaim: Script };

/** Names that one process of all has at a time, below a prefix of keys. */
export class RedisClaims {
  readonly #client: RedisClient;
  readonly #prefix: string;
  readonly #scripts: Scripts;

  constructor(client: RedisClient, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
    for (const [name, file] of [
      ['awClaim', 'claim'],
      ['awDisclaim', 'disclaim'],
    ] as const) {
      const lua = readFileSync(new URL(`./redis-${file}.lua`, import.meta.url), 'utf8');
      client.commands.defineCommand(name, { lua });
    }
    this.#scripts = client.commands as unknown as Scripts;
  }

  /** Takes a name, or prolongs it for who has it; false where somebody else has. */
  async claim(name: string, holder: string, ms: number): Promise<boolean> {
    const key = this.#prefix + name;
    return (await this.#client.ask(() => this.#scripts.awClaim(1, key, holder, ms))) === 1;
  }

  /** Gives a name back, unless somebody else has it by now. */
  async disclaim(name: string, holder: string): Promise<void> {
    await this.#client.ask(() => this.#scripts.awDisclaim(1, this.#prefix + name, holder));
  }
}
