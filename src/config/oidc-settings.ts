import * as z from 'zod';
import { roles, type Role } from '../console/role.ts';
import { textList } from './text-list.ts';
import { isConfidential, siteAddressFault } from './web-address.ts';

/** What a value of the role claim may do here. */
export type RoleOfValue = { readonly value: string; readonly role: Role };

/** OpenID Connect Discovery §3: kept as it was written, because tokens must name exactly this. */
export const oidcIssuer = webAddress().transform(({ text }) => text);

/** Where browsers find the console: its paths begin at the root, so there is none in it. */
export const consoleUrl = webAddress().transform(({ text, url }, context) => {
  if (url.pathname === '/') return url.origin;
  context.addIssue({ code: 'custom', message: `\`${text.slice(0, 60)}\` has a path` });
  return z.NEVER;
});

/** `GROUP=ROLE`; a group may have `=` in its name, and commas where it stands in a YAML list. */
export const oidcRoles = textList('GROUP=ROLE')
  .pipe(z.array(z.string()).max(500))
  .transform((entries, context): readonly RoleOfValue[] =>
    entries.flatMap((entry) => {
      const at = entry.lastIndexOf('=');
      const value = entry.slice(0, Math.max(at, 0)).trim();
      const role = roles.find((one) => one === entry.slice(at + 1).trim());
      if (value !== '' && value.length <= 300 && role !== undefined) return [{ value, role }];
      const message = `\`${entry.slice(0, 60)}\` is not GROUP=ROLE, with a role of ${roles.join(', ')}`;
      context.addIssue({ code: 'custom', message });
      return [];
    }),
  );

export function formatOidcRoles(mapping: readonly RoleOfValue[]): string {
  return mapping.map(({ value, role }) => `${value}=${role}`).join(',');
}

/** RFC 6749 §3.3; `openid` is always among them. */
export const oidcScopes = z
  .string()
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/, {
    error: 'is not a list of scopes, with spaces',
  })
  .max(500)
  .transform((text) => [...new Set(['openid', ...text.split(' ')])].join(' '));

function webAddress() {
  return z.string().transform((given, context) => {
    const text = given.trim();
    const url = text.length > 500 ? null : URL.parse(text);
    const fault = url === null ? 'is not a web address' : siteAddressFault(url);
    if (url !== null && fault === null && isConfidential(url)) return { text, url };
    const message = `\`${text.slice(0, 60)}\` ${fault ?? 'must be https: only on this machine it may be http'}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}
