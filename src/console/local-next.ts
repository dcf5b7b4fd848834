const maxLength = 2000;

/**
 * Where a form goes back to: a path and query of this site, whatever was asked for (CWE-601). A browser reads `//host`
 * and `/\host` as another site, and drops tabs and line feeds before it looks.
 */
export function localNext(asked: unknown): string {
  if (typeof asked !== 'string' || asked.length > maxLength) return '/';
  if (!/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(asked)) return '/';
  const here = 'http://here.invalid';
  const url = URL.canParse(asked, here) ? new URL(asked, here) : null;
  if (url?.origin !== here || url.pathname.startsWith('//')) return '/';
  return /^\/(?:login|logout)(?:\/|$)/.test(url.pathname) ? '/' : `${url.pathname}${url.search}`;
}
