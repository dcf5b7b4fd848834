import { isAligned } from '../authentication/alignment.ts';

/** `host` is `parent` or a name below it that the same organization holds. */
export function isWithin(host: string, parent: string): boolean {
  return host === parent || (host.endsWith(`.${parent}`) && isAligned(host, parent, false));
}
