import type { MilterListenerOptions } from '../milter/milter-listener.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { neverThrowing } from './never-throwing.ts';

export type MilterEvents = Pick<MilterListenerOptions, 'onOutcome' | 'onFault' | 'onSessions'>;

/** What happens between us and mail servers that ask, as counters and log lines. */
export function recordMilterEvents(
  metrics: Pick<Metrics, 'milterSessions' | 'milterMessages' | 'milterFaults'>,
  log: Pick<Log, 'warn' | 'debug'>,
): MilterEvents {
  return {
    onOutcome: neverThrowing((outcome, ids) => {
      metrics.milterMessages.inc({ outcome });
      // Nobody else tells of it: it lies in a queue that is not ours.
      if (outcome === 'held') log.warn(ids, 'message held in the queue of the mail server');
      else log.debug({ ...ids, outcome }, 'milter');
    }),
    onFault: neverThrowing((fault) => {
      metrics.milterFaults.inc({ cause: fault.faultCause });
      log.warn({ cause: fault.faultCause, problem: fault.message }, 'milter connection closed');
    }),
    onSessions: neverThrowing((sessions) => metrics.milterSessions.set(sessions)),
  };
}
