import { Resolver } from 'node:dns/promises';
import type { DNSResolver } from 'mailauth';

/** Answers of that server, kept for ever: the least that a lookup can cost mailauth. */
export function rememberingResolver(server: string): DNSResolver {
  const client = new Resolver();
  client.setServers([server]);
  const answers = new Map<string, Promise<unknown>>();
  const ask = (name: string, type: string) => {
    const key = `${type} ${name}`;
    const known = answers.get(key) ?? client.resolve(name, type);
    answers.set(key, known);
    return known;
  };
  return ask as DNSResolver;
}
