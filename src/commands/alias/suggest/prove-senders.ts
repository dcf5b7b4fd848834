import { archivedTransaction } from '../../../archive/archived-transaction.ts';
import { readArchive } from '../../../archive/read-archive.ts';
import { canonicalAddress } from '../../../alias/address.ts';
import type { Catalogue } from '../../../alias/catalogue.ts';
import { createAuthenticator } from '../../../authentication/authenticate.ts';
import { createResolver, defaultResolverOptions } from '../../../authentication/resolver.ts';
import { formatHostPort } from '../../../config/host-port.ts';
import type { Settings } from '../../../config/settings.ts';
import { readHeader } from '../../../message/header.ts';

/** Messages tried of one sender: keys are changed, so that only the latest may verify; the archive is read once more. */
const triedMessages = 5;

type Proving = {
  readonly settings: Pick<Settings, 'dns' | 'dnsTimeoutMs' | 'analysisDeadlineMs' | 'authservId'>;
  /** Watches the suggested senders; vendors are their names. */
  readonly suggested: Catalogue;
  readonly onMessage: (bytes: number) => void;
  readonly signal: AbortSignal;
};

/** How many of the last messages of each alias of `suggested` verify today: alias id → tried and passed. */
export async function proveSenders(
  paths: readonly string[],
  { settings, suggested, onMessage, signal }: Proving,
): Promise<ReadonlyMap<string, { readonly yes: number; readonly of: number }>> {
  const latest = new Map<string, Buffer[]>();
  for (const path of paths) {
    for await (const { bytes } of readArchive(path)) {
      signal.throwIfAborted();
      onMessage(bytes.length);
      const address = canonicalAddress(readHeader(bytes).from[0]?.address ?? '');
      const alias = address === null ? null : suggested.find(address);
      if (alias === null) continue;
      const kept = latest.get(alias.id) ?? [];
      latest.set(alias.id, [...kept, bytes].slice(-triedMessages));
    }
  }
  await using resolver = createResolver({
    ...defaultResolverOptions,
    servers: settings.dns.map(formatHostPort),
    timeoutMs: settings.dnsTimeoutMs,
  });
  const authenticate = createAuthenticator({
    resolver,
    authservId: settings.authservId,
    deadlineMs: settings.analysisDeadlineMs,
    maxQueries: 60,
  });
  const proofs = new Map<string, { yes: number; of: number }>();
  for (const [id, messages] of latest) {
    const proof = { yes: 0, of: 0 };
    proofs.set(id, proof);
    for (const bytes of messages) {
      signal.throwIfAborted();
      const header = readHeader(bytes);
      const { dkim } = await authenticate(
        archivedTransaction({ id, bytes, header, receivedAt: new Date() }),
      );
      proof.of++;
      if (dkim.some(({ result, aligned }) => result === 'pass' && aligned)) proof.yes++;
    }
  }
  return proofs;
}
