import { getDomain, parse } from 'tldts';
import { oncePerText } from '../once-per.ts';
import { replaceInWordsWithAt } from './words-with-at.ts';

/** A web address in a message. `domain` is registrable with private suffixes (`foo.github.io`), or an IP address. */
export type Link = {
  readonly url: string;
  readonly host: string;
  readonly domain: string;
  readonly path: string;
};

const maxLinks = 1000;

/** Reads an absolute http(s) address; anything else (mailto, tel, relative, broken) is null. */
export function parseLink(target: string): Link | null {
  const url = /^https?:/i.test(target) && target.length <= 4096 ? URL.parse(target) : null;
  if (url === null) return null;
  const host = url.hostname.toLowerCase().replace(/\.$/, '');
  const domain = linkDomain(host);
  return domain === null ? null : { url: target, host, domain, path: url.pathname };
}

/** Registrable domain of a host with private suffixes on: whoever has `x.web.app` is not Google. */
export function linkDomain(host: string): string | null {
  return linkDomainOrEmpty(host) || null;
}

const linkDomainOrEmpty = oncePerText(2000, (host) => {
  const parsed = parse(host, { allowPrivateDomains: true });
  if (parsed.isIp === true) return host;
  return parsed.domain ?? (parsed.publicSuffix === host && parsed.isPrivate === true ? host : '');
});

/** Registrable domain under ICANN suffixes: the organization. */
export const organizationOf = oncePerText(2000, (host) => getDomain(host) ?? host);

/** Addresses spelled out in text with a scheme, and those of `href`s, distinct. */
export function linksOf(hrefs: readonly string[], blocks: readonly string[]): readonly Link[] {
  const links = new Map<string, Link>();
  const add = (target: string) => {
    const link = links.size < maxLinks ? parseLink(target) : null;
    if (link) links.set(`${link.host}${link.path}`, link);
  };
  new Set(hrefs).forEach(add);
  for (const block of blocks)
    for (const [target] of block.matchAll(/\bhttps?:\/\/[^\s<>"'()[\]{}]+/gi))
      add(target.replace(/[.,;:!?]+$/, ''));
  return [...links.values()];
}

/**
 * Generic suffixes that people read as a web address when it stands in text. Hundreds of others are words of programs
 * and prose (`gatt.read`, `todo.select`): a name under them counts only when it is written with a scheme (measured C8).
 */
const spokenSuffixes = new Set(
  'com net org info biz edu gov int mobi pro online site shop store xyz top click link live club vip fun icu buzz bond cyou sbs cfd lol quest monster website space tech support help live chat page pages dev app cloud digital center agency finance bank money cash credit loans claims legal group team world today news email wiki homes rest host press ltd inc llc company solutions work win bid loan men stream download racing review party trade date faith science webcam accountant cricket'.split(
    ' ',
  ),
);

/**
 * Country suffixes under which people spell out addresses. The others are file names, code or words far more often
 * (`todo.md`, `main.rs`, `source.bt`; measured C8).
 */
const spokenCountries = new Set(
  'ae ai ar at au be bg bo br by ca ch cl cn co cr cz de dk dz ec ee eg es eu fi fr ge gg gr gt hk hr hu ie il io ir jp ke kr kz lb lk lt lu lv ma me mx ng nl nz pa pe ph pk pt qa ro ru sa se sg si sk su sv th tn tr tv tw ua uk us uy uz ve vn za'.split(
    ' ',
  ),
);

/** Domains written in text without a scheme ("visit evil.example today"), ICANN suffixes only, file names left out. */
export function bareDomainsOf(folded: string): readonly string[] {
  const found = new Set<string>();
  const withoutLinks = folded.replace(/\bhttps?:\/\/\S+/gi, ' ');
  const text = replaceInWordsWithAt(withoutLinks, /[^\s@]{1,80}@[^\s@]{1,120}/g, ' ');
  for (const [name] of text.matchAll(
    /(?<![\w./@-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,5}[a-z]{2,24}(?![\w@]|\.\w)/gi,
  )) {
    const host = name.toLowerCase();
    const parsed = parse(host, { allowPrivateDomains: true });
    if (parsed.domain === null || parsed.isIcann === false) continue;
    if (!isSpoken(parsed.publicSuffix ?? '')) continue;
    found.add(parsed.domain);
    if (found.size >= 100) break;
  }
  return [...found];
}

function isSpoken(suffix: string): boolean {
  const last = suffix.slice(suffix.lastIndexOf('.') + 1);
  return (
    spokenSuffixes.has(last) ||
    spokenCountries.has(last) ||
    (last.length === 2 && suffix.includes('.'))
  );
}

/** The shape of a path: segments as word, number, hex, uuid or text, at most four (measured C8). */
export function pathShape(path: string): string {
  const segments = path
    .split('/')
    .filter((segment) => segment !== '')
    .slice(0, 4);
  return segments.map(segmentShape).join('/');
}

function segmentShape(segment: string): string {
  if (/^\d+$/.test(segment)) return 'N';
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(segment)) return 'U';
  if (/^[0-9a-f]{8,}$/i.test(segment)) return 'H';
  if (/^[a-z_-]{1,24}(\.[a-z]{2,5})?$/i.test(segment)) return segment.toLowerCase();
  return 'T';
}
