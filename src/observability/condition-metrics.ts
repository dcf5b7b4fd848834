import type { Registry } from 'prom-client';
import { AdmittedLabels } from './admitted-labels.ts';
import { counter } from './instruments.ts';

/** Ids that may be label values in one process: a full set of rules, and one that replaced it. */
const maxLabels = 400;
const errorsLoggedEveryMs = 3_600_000;

/** What the conditions of operators did; labels are their ids, the first 400 ever seen. */
export function conditionMetrics(registry: Registry) {
  const matches = counter(
    registry,
    'condition_matches_total',
    'Messages that meet a condition of rules/conditions.yaml',
    'condition',
  );
  const errors = counter(
    registry,
    'condition_errors_total',
    'Messages that a condition could not be asked of; it counts as not met',
    'condition',
  );
  const labels = new AdmittedLabels(maxLabels);
  const lastLoggedMs = new Map<string, number>();
  return {
    conditionMatched: (condition: string) => matches.inc({ condition: labels.labelOf(condition) }),
    /** Counts an error, and says whether it is the first of its condition within an hour. */
    conditionFailed: (condition: string, atMs: number): boolean => {
      const label = labels.labelOf(condition);
      errors.inc({ condition: label });
      const isNews = atMs - (lastLoggedMs.get(label) ?? -Infinity) >= errorsLoggedEveryMs;
      if (isNews) lastLoggedMs.set(label, atMs);
      return isNews;
    },
    startConditions: (conditions: readonly { readonly id: string }[]) => {
      for (const condition of labels.admit(conditions.map(({ id }) => id))) {
        matches.inc({ condition }, 0);
        errors.inc({ condition }, 0);
      }
    },
  };
}
