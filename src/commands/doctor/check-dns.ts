import { randomBytes } from 'node:crypto';
import {
  createResolver,
  defaultResolverOptions,
  type Lookup,
} from '../../authentication/resolver.ts';
import { formatHostPort } from '../../config/host-port.ts';
import type { Settings } from '../../config/settings.ts';
import { codeOf, failed, milliseconds, ok, warning, type Finding } from './finding.ts';

/** Vendors whose SPF records we need anyway; the first that is there is enough. */
const knownNames = ['microsoftonline.com', 'google.com', 'paypal.com'];
/** A message takes some ten queries, one after the other. */
const slowMs = 300;

const consequence = 'without it SPF, DKIM and DMARC are temperror, and no alias is recognised';
const chooseResolver = [
  `name a resolver that answers with --dns HOST:PORT, best one on this machine (unbound, knot-resolver): ${consequence}`,
];

/** Asks for a record that is there, and for a name that cannot be. */
export async function checkDns({
  dns,
  dnsTimeoutMs,
}: Pick<Settings, 'dns' | 'dnsTimeoutMs'>): Promise<readonly Finding[]> {
  const servers = dns.map(formatHostPort);
  await using resolver = createResolver({
    ...defaultResolverOptions,
    servers,
    timeoutMs: dnsTimeoutMs,
  });
  const lookup = resolver.forMessage({ deadlineMs: dnsTimeoutMs * 4, maxQueries: 10 });
  const asked = servers.length === 0 ? 'the resolver of the system' : servers.join(', ');
  return await Promise.all([checkKnown(lookup, asked), checkAbsent(lookup, asked)]);
}

async function checkKnown(lookup: Lookup, asked: string): Promise<Finding> {
  const name = 'DNS answer';
  for (const domain of knownNames) {
    const startedMs = performance.now();
    try {
      await lookup(domain, 'TXT');
    } catch (error) {
      if (isAbsent(error)) continue;
      return failed(name, `${asked} does not answer: ${codeOf(error)}`, chooseResolver);
    }
    const tookMs = performance.now() - startedMs;
    const message = `${asked} answers for ${domain} in ${milliseconds(tookMs)}`;
    return tookMs < slowMs ? ok(name, message) : warning(name, message, chooseResolver);
  }
  return failed(name, `${asked} knows none of ${knownNames.join(', ')}`, chooseResolver);
}

/** RFC 6761 §6.4: `invalid` does not exist. */
async function checkAbsent(lookup: Lookup, asked: string): Promise<Finding> {
  const name = 'DNS absence';
  const absent = `aliaswatch-${randomBytes(8).toString('hex')}.invalid`;
  try {
    await lookup(absent, 'A');
  } catch (error) {
    return isAbsent(error)
      ? ok(name, 'a name that does not exist is said not to exist')
      : failed(name, `${asked} does not answer for ${absent}: ${codeOf(error)}`, chooseResolver);
  }
  return warning(name, `${asked} invents an address for ${absent}`, [
    'use a resolver that does not rewrite NXDOMAIN: domains that do not exist would look real',
  ]);
}

function isAbsent(error: unknown): boolean {
  return ['ENOTFOUND', 'ENODATA'].includes(codeOf(error));
}
