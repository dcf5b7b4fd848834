import * as z from 'zod';
import { textList } from './text-list.ts';
import { isConfidential, siteAddressFault } from './web-address.ts';

/** Language codes of notices: that of everybody, and those of recipient domains. */
export type NoticeLanguage = {
  readonly everybody: string;
  readonly domains: Readonly<Record<string, string>>;
};

const plainAddress = /^[^\s@<>()[\]\\,;:"]{1,64}@(?:[a-z0-9-]{1,63}\.)*[a-z0-9-]{1,63}$/i;

const maxEntries = 500;

/** `A,B` or a YAML list of bare addresses. */
export const mailAddresses = listOf('mail addresses').transform((addresses, context) => {
  const trimmed = addresses.map((address) => address.trim()).filter((address) => address !== '');
  const wrong = trimmed.find((address) => !plainAddress.test(address) || address.length > 254);
  if (wrong !== undefined)
    context.addIssue({
      code: 'custom',
      message: `\`${wrong.slice(0, 60)}\` is not a mail address`,
    });
  return trimmed;
});

/** `Name <local@domain>` or `local@domain`. */
export const mailbox = z.string().transform((text, context) => {
  const parsed = /^\s*(?:"?([^"<>\p{Cc}]{0,100}?)"?\s*<([^<>]+)>|([^<>]+))\s*$/u.exec(text);
  const address = (parsed?.[2] ?? parsed?.[3] ?? '').trim();
  if (plainAddress.test(address)) return { name: parsed?.[1] ?? '', address };
  context.addIssue({
    code: 'custom',
    message: `\`${text.slice(0, 60)}\` is not \`Name <local@domain>\``,
  });
  return z.NEVER;
});

/** `en,example.de=de`: a code alone is for everybody. */
export const noticeLanguages = listOf('languages').transform((entries, context): NoticeLanguage => {
  let everybody = 'en';
  const domains: Record<string, string> = {};
  for (const entry of entries) {
    const [, domain, code] =
      /^(?:([a-z0-9.-]{1,253})=)?([a-z]{2,3})$/.exec(entry.trim().toLowerCase()) ?? [];
    if (code === undefined)
      context.addIssue({
        code: 'custom',
        message: `\`${entry.slice(0, 60)}\` is neither a language code (\`en\`) nor DOMAIN=CODE`,
      });
    else if (domain === undefined) everybody = code;
    else domains[domain] = code;
  }
  return { everybody, domains };
});

export function formatNoticeLanguage({ everybody, domains }: NoticeLanguage): string {
  return [everybody, ...Object.entries(domains).map(([name, code]) => `${name}=${code}`)].join(',');
}

/** Links in mail carry what they may do: only on this machine they may go unencrypted. */
export const publicAddress = z.string().transform((text, context) => {
  const url = URL.parse(text.trim());
  const fault = url === null ? 'is not a web address' : faultOf(url);
  if (url !== null && fault === null) return url.href.replace(/\/+$/, '');
  context.addIssue({ code: 'custom', message: `\`${text.slice(0, 60)}\` ${fault ?? ''}` });
  return z.NEVER;
});

function listOf(what: string) {
  return textList(what).pipe(z.array(z.string()).max(maxEntries));
}

function faultOf(url: URL): string | null {
  const fault = siteAddressFault(url);
  if (fault !== null || isConfidential(url)) return fault;
  return 'must be https: who reads a link may use it';
}
