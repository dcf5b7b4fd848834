import type { LoadedRules } from '../activation/rules-in-force.ts';
import type { Events } from './events.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { neverThrowing } from './never-throwing.ts';

type RuleEvents = Pick<Events, Extract<keyof Events, `rules${string}`>>;

/** Problems that a log line shows; `rules check` shows all. */
const mostProblems = 5;

/** What happens to the rules themselves, as counters and log lines. */
export function recordRuleEvents(metrics: Metrics, log: Log): RuleEvents {
  // Files that are in order do not mend it.
  let isStoredRefused = false;
  return {
    rulesChanged: neverThrowing((now: LoadedRules, before: LoadedRules) => {
      isStoredRefused = false;
      metrics.rulesActivated(now.active, now.candidate);
      log.warn(
        {
          ruleset: now.active.version,
          before: before.active.version,
          candidate: now.candidate?.rules.version ?? null,
          stage: now.candidate?.stage ?? null,
        },
        'rules changed',
      );
    }),
    rulesRefused: neverThrowing(({ version, via }, refusals) => {
      isStoredRefused ||= via === 'store';
      metrics.rulesRejected();
      for (const { step, problems } of refusals) {
        metrics.rulesRejectedBy.inc({ step });
        log.error(
          { ruleset: version, via, step, problems: problems.slice(0, mostProblems) },
          'rules not activated: what was in force stays',
        );
      }
    }),
    rulesLeftAlone: neverThrowing((version, { via, why }) => {
      if (via === 'store') isStoredRefused = false;
      if (!isStoredRefused && why !== 'refused') metrics.rulesFound();
      if (why === 'unchanged') log.debug({ ruleset: version, via }, 'rules unchanged');
      else log.warn({ ruleset: version, via }, leftAlone[why]);
    }),
    rulesNotActivated: neverThrowing((error, via) => {
      metrics.rulesNotFollowed.inc();
      log.warn({ via, error }, 'rules not activated yet: it is tried again');
    }),
    rulesNotFollowed: neverThrowing((error) => {
      metrics.rulesNotFollowed.inc();
      log.warn({ error }, 'stored rules not read: what is in force stays');
    }),
    rulesShadowed: neverThrowing(({ change, error, ...compared }) => {
      metrics.rulesetShadow.inc({ change });
      if (change === 'failed') log.warn({ ...compared, error }, 'candidate not compared');
      else if (change !== 'same') log.info({ ...compared, change }, 'candidate would differ');
    }),
  };
}

const leftAlone = {
  older:
    'the rules directory holds a set that was activated before; the one in force stays: `aliaswatch rules activate` or `rules rollback --to` brings it back',
  refused:
    'the rules directory holds the set that was refused before; what was in force stays: SIGHUP tests it again',
  ignored:
    'the rules directory holds a set that was rolled back; it is not taken again: `aliaswatch rules activate` brings it back',
} as const;
