import * as z from 'zod';
import { linkDomain } from '../message/links.ts';
import { organizationalDomain } from '../authentication/alignment.ts';

const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?';
const domain = `(?:${label}\\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?`;

/** A domain in lower case, international ones as A-labels (`xn--…`). */
export const domainName = z
  .string()
  .max(253)
  .regex(new RegExp(`^${domain}$`), { error: 'is not a domain name in lower case', abort: true })
  .meta({
    description: 'A domain in lower case; an international one as `xn--…`.',
    examples: ['example.com'],
  });

/** A domain as messages' links are counted: registrable, with private suffixes on. */
export const registrableDomain = domainName
  .superRefine((name, context) => {
    const registrable = linkDomain(name);
    if (registrable === name) return;
    const hint =
      registrable === null
        ? 'name what somebody registered below it, e.g. `example.co.uk`'
        : `write \`${registrable}\`: links are counted by registrable domain`;
    context.addIssue({
      code: 'custom',
      message: `\`${name}\` is not a registrable domain`,
      params: { hint },
    });
  })
  .meta({
    description: 'A registrable domain: what its owner registered, without a host in front.',
    examples: ['example.com', 'example.co.uk'],
  });

/** A domain whose signatures we trust for an alias: never a suffix that strangers register under. */
export const signerDomain = domainName
  .superRefine((name, context) => {
    if (organizationalDomain(`a.${name}`) !== `a.${name}` || linkDomain(name) === name) return;
    const message = `\`${name}\` is a public suffix: anybody may sign below it`;
    context.addIssue({
      code: 'custom',
      message,
      params: { hint: 'name the domain of the vendor' },
    });
  })
  .meta({
    description: 'A domain of DKIM signatures (`d=`), as `dkim=pass header.d=…` names it.',
    examples: ['paypal.com', 'mail.example.com'],
  });

/** `local@domain`, `*@domain`, `local@*.domain` or `*@*.domain`, lower case. */
export const addressPattern = z
  .string()
  .max(320)
  .regex(new RegExp(`^(?:\\*|[a-z0-9!#$%&'+/=?^_{|}~.-]{1,64})@(?:\\*\\.)?${domain}$`), {
    error:
      'is not an address in lower case, or a pattern such as `*@example.com` or `*@*.example.com`',
  })
  .meta({
    description:
      'A From address in lower case. `*` may stand for the whole local part, and for any hosts in front of the domain.',
    examples: ['service@paypal.com', '*@docusign.net', '*@*.zendesk.com'],
  });

/** One recipient, as policies name it: no pattern. */
export const recipientAddress = z
  .string()
  .max(320)
  .regex(new RegExp(`^[a-z0-9!#$%&'+/=?^_{|}~.-]{1,64}@${domain}$`), {
    error: 'is not an address in lower case, e.g. "jo@example.com"',
  });

/** One mailbox that mail can be sent to. */
export const mailbox = z
  .string()
  .max(254)
  .regex(new RegExp(`^[a-z0-9][a-z0-9+_.-]{0,63}@${domain}$`), {
    error: 'is not an address in lower case, e.g. "phishing@example.com"',
  })
  .meta({ description: 'An address that takes mail.', examples: ['phishing@paypal.com'] });

/** A stable name that becomes a label of metrics. */
export const slug = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, {
    error: 'is not a slug: lower-case letters, digits and single hyphens',
  })
  .meta({
    description: 'A short name in lower case: letters, digits and single hyphens.',
    examples: ['paypal-service'],
  });

export const title = z.string().trim().min(1).max(200);

/** A list without repetitions. */
export function listOf<Item extends z.ZodType<string>>(item: Item, maxEntries: number) {
  return z
    .array(item)
    .max(maxEntries)
    .superRefine((entries, context) => {
      const seen = new Set<string>();
      entries.forEach((entry, index) => {
        if (seen.has(entry)) {
          const params = { hint: 'remove one of the two' };
          const message = `\`${entry}\` stands in this list twice`;
          context.addIssue({ code: 'custom', path: [index], message, params });
        }
        seen.add(entry);
      });
    });
}
