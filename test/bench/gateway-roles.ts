import { isInstalled } from '../support/installed.ts';
import { subjectNames as names } from './bench-report.ts';
import type { GatewayOptions } from './load/gateway-subject.ts';

/** What the gateway is measured as, and on which store; null for mail that nobody watches. */
const roles: readonly (readonly [string, GatewayOptions['store']])[] = [
  [names.unwatched, null],
  [names.sqlite, 'sqlite'],
  [names.redis, 'redis'],
];

/** Those that are asked for, null for all, and can be had here. */
export function rolesOf(subjects: readonly string[] | null) {
  return roles.filter(
    ([name, store]) =>
      (subjects?.includes(name) ?? true) && (store !== 'redis' || isInstalled('redis-server')),
  );
}
