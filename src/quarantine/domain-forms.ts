import { domainToASCII, domainToUnicode } from 'node:url';

/** Enough for a From address and the domains that a reason names. */
const mostDomains = 10;

/**
 * The internationalized domains of a text, each in the form that it does not stand there in (RFC 5890: U-labels or
 * A-labels): a mail client shows `bücher.example` where the message has `xn--bcher-kva.example`.
 */
export function otherForms(text: string): string {
  const domains = text.match(/[\p{L}\p{N}\p{M}-]{1,63}(?:\.[\p{L}\p{N}\p{M}-]{1,63}){1,9}/gu) ?? [];
  return domains
    .filter((domain) => /[^\0-\x7f]|xn--/i.test(domain))
    .slice(0, mostDomains)
    .map((domain) =>
      /[^\0-\x7f]/.test(domain) ? domainToASCII(domain) : domainToUnicode(domain.toLowerCase()),
    )
    .join(' ');
}
