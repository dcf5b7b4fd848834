import type { Registry } from 'prom-client';
import { loginMethods, loginOutcomes } from '../console/access/login-outcome.ts';
import { counter } from './instruments.ts';

export const statusClasses = ['2xx', '3xx', '4xx', '5xx'] as const;

/** Whether operators can work, and whether somebody tries to be one. */
export function consoleMetrics(registry: Registry) {
  const metrics = {
    consoleLogins: counter(
      registry,
      'console_logins_total',
      'Tries to log in to the console',
      'method',
      'outcome',
    ),
    consoleRequests: counter(
      registry,
      'console_requests_total',
      'Requests to console and API by status',
      'class',
    ),
  };
  for (const method of loginMethods)
    for (const outcome of loginOutcomes) metrics.consoleLogins.inc({ method, outcome }, 0);
  for (const statusClass of statusClasses) metrics.consoleRequests.inc({ class: statusClass }, 0);
  return metrics;
}
