import type { AuthenticationResults, DkimSignature } from './results.ts';

const maxValueLength = 255;

/**
 * Body of an Authentication-Results field without the authserv-id (RFC 8601 §2.2), on one line that may be folded at
 * any of its spaces. `identity` says which of its identities SPF checked.
 */
export function formatResinfo(
  results: Omit<AuthenticationResults, 'resinfo'>,
  identity: 'mailfrom' | 'helo',
): string {
  const { spf, dkim, dmarc, arc } = results;
  const signatures = dkim.length === 0 ? ['dkim=none'] : dkim.map(formatSignature);
  return [
    `spf=${spf.result}${property(`smtp.${identity}`, spf.domain)}`,
    ...signatures,
    `dmarc=${dmarc.result}${property('header.from', dmarc.domain)}${property('policy.dmarc', dmarc.policy)}`,
    `arc=${arc.result}`,
  ].join('; ');
}

function formatSignature({ result, domain, selector }: DkimSignature): string {
  return `dkim=${result}${property('header.d', domain)}${property('header.s', selector)}`;
}

/** A property may be left out: empty and overlong values are, because half a name is another name. */
function property(name: string, value: string): string {
  const text = printable(value);
  if (text === '' || text.length > maxValueLength) return '';
  return ` ${name}=${/^[\w!#$%&'*+.^`{|}~-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`}`;
}

/** Controls, line breaks and white space become one space; beyond ASCII, `?` (field bodies are ASCII, RFC 5322 §2.2). */
function printable(value: string): string {
  return value
    .replace(/[^\x21-\x7e\x80-\u{10ffff}]+/gu, ' ')
    .trim()
    .replace(/[^\x20-\x7e]/gu, '?');
}
