/** Link targets as an operator may see and quote them: no program makes a link of `hxxps://evil[.]example`. */
export function defanged(target: string): string {
  const [, scheme = '', rest = ''] = /^\s*([a-z][a-z0-9+.-]{0,30}:)?([\s\S]*)$/i.exec(target) ?? [];
  const end = rest.search(/(?<=^\/\/[^/?#]*)[/?#]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  const path = end < 0 ? '' : rest.slice(end);
  return `${scheme.replace(/t/gi, 'x').replace(/:$/, '[:]')}${authority.replaceAll('.', '[.]')}${path}`;
}
