import { isIP } from 'node:net';
import { spf } from 'mailauth/lib/spf/index.js';
import { createAnswerMemory } from './answer-memory.ts';
import type { VerifierReport } from './interpret.ts';
import { asResolver, type DnsRecord, type Lookup } from './resolver.ts';

/** Whose right to send is asked for. */
export type Sender = {
  readonly clientAddress: string;
  readonly helo: string;
  /** Empty for the null reverse-path, RFC 7208 §2.4. */
  readonly mailFrom: string;
};

export type SpfReport = Exclude<VerifierReport['spf'], false>;

/** SPF by client and domain: where no record has a macro (RFC 7208 §7), nothing else of the sender matters. */
export function createSpfCheck(
  mta: string,
): (sender: Sender, lookup: Lookup) => Promise<SpfReport> {
  const memory = createAnswerMemory<SpfReport>(hasNoMacro);
  return ({ clientAddress: ip, helo: greeting, mailFrom }, lookup) => {
    const name = greeting === '' ? ip : greeting;
    const helo = isIP(name) === 0 ? name : `[${name}]`; // RFC 5321 §4.1.3
    const sender = mailFrom === '' ? `postmaster@${helo}` : mailFrom;
    const key = `${ip} ${sender.slice(sender.lastIndexOf('@') + 1)}`;
    return memory(key, lookup, async (noting) => {
      const report = await spf({ ip, helo, sender, mta, resolver: asResolver(noting) });
      return { domain: report.domain, status: { result: report.status.result } };
    });
  };
}

function hasNoMacro(records: readonly DnsRecord[]): boolean {
  return !records.flat().some((text) => typeof text === 'string' && text.includes('%'));
}
