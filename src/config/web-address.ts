import { isIP } from 'node:net';

/** Whether what is sent there can be read by nobody on the way: https, or this machine. */
export function isConfidential(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url));
}

function isLoopbackHost({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Why it is no address of a site, as a sentence fragment, or null: scheme, host and path alone. */
export function siteAddressFault(url: URL): string | null {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'is not a web address';
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
    return 'has more than scheme, host and path';
  return null;
}
