import { createPublicKey } from 'node:crypto';
import { loadArcKey, type ArcKey } from '../../arc-key.ts';
import {
  createResolver,
  defaultResolverOptions,
  type Lookup,
} from '../../authentication/resolver.ts';
import { formatHostPort } from '../../config/host-port.ts';
import { loadRules } from '../../config/load-rules.ts';
import type { Settings } from '../../config/settings.ts';
import { unsealedWarning } from '../rules/unsealed-warning.ts';
import { codeOf, failed, messageOf, ok, warning, type Finding } from './finding.ts';

const name = 'warning';

type Checked = Pick<
  Settings,
  'rulesDir' | 'arcDomain' | 'arcSelector' | 'arcKeyFile' | 'dns' | 'dnsTimeoutMs'
>;

/** What we put into tagged mail, and the key that vouches for it; null where neither is switched on. */
export async function checkWarning(settings: Checked): Promise<Finding | null> {
  const loading = await loadRules(settings.rulesDir);
  const unsealed = loading.ok ? unsealedWarning(loading.rules.policy, settings) : null;
  let key: ArcKey | null;
  try {
    key = await loadArcKey(settings);
  } catch (error) {
    return failed(name, messageOf(error), [
      'openssl genrsa -out arc.pem 2048 makes a key; serve does not start with one that cannot be used',
    ]);
  }
  if (unsealed !== null) return warning(name, unsealed.message, [unsealed.advice]);
  return key === null ? null : checkPublished(key, settings);
}

async function checkPublished(
  key: ArcKey,
  { dns, dnsTimeoutMs }: Pick<Settings, 'dns' | 'dnsTimeoutMs'>,
): Promise<Finding> {
  const place = `${key.selector}._domainkey.${key.domain}`;
  const record = recordOf(key);
  const publish = [`publish at ${place}, as TXT: ${record}`];
  await using resolver = createResolver({
    ...defaultResolverOptions,
    servers: dns.map(formatHostPort),
    timeoutMs: dnsTimeoutMs,
  });
  const lookup = resolver.forMessage({ deadlineMs: dnsTimeoutMs * 2, maxQueries: 5 });
  try {
    return (await isPublished(lookup, place, key))
      ? ok(name, `ARC sets of ${key.domain} can be verified: ${place} has our key`)
      : failed(name, `${place} has another key than ours: our ARC sets fail`, publish);
  } catch (error) {
    return failed(name, `${place} cannot be read: ${codeOf(error)}; our ARC sets fail`, publish);
  }
}

async function isPublished(lookup: Lookup, place: string, key: ArcKey): Promise<boolean> {
  const answers = await lookup(place, 'TXT');
  const texts = answers.map((answer) => (Array.isArray(answer) ? answer.join('') : ''));
  return texts.some((text) => publicKeyIn(text) === publicKeyOf(key));
}

/** `p=` of a key record (RFC 6376 §3.6.1). */
function publicKeyIn(record: string): string {
  return (/(?:^|;)\s*p\s*=([^;]*)/.exec(record)?.[1] ?? '').replace(/\s/g, '');
}

function recordOf(key: ArcKey): string {
  return `v=DKIM1; k=rsa; p=${publicKeyOf(key)}`;
}

function publicKeyOf({ privateKey }: ArcKey): string {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64');
}
