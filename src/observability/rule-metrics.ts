import type { Registry } from 'prom-client';
import { activationSteps } from '../activation/activation-step.ts';
import { shadowChanges } from '../activation/shadow-change.ts';
import { AdmittedLabels } from './admitted-labels.ts';
import { counter, gauge, leastGauge } from './instruments.ts';

/** Aliases of all rule sets of a process together. */
const maxAliases = 500;

export type RuleMetricsOptions = {
  readonly verdicts: readonly string[];
  readonly startCampaigns: (alias: string) => void;
  /** Makes the series of conditions exist. */
  readonly startConditions: (conditions: readonly { readonly id: string }[]) => void;
  readonly startCauses: (ids: readonly string[]) => void;
};

type ShownRules = {
  readonly version: string;
  readonly aliases: readonly { readonly id: string }[];
  readonly conditions?: readonly { readonly id: string }[];
  readonly causes?: { readonly attack: readonly { readonly id: string }[] };
};

/** Which rules mail is judged by, and what became of those that were to be. */
export function ruleMetrics(
  registry: Registry,
  { verdicts, startCampaigns, startConditions, startCauses }: RuleMetricsOptions,
) {
  const info = gauge(
    registry,
    'ruleset_info',
    'Always 1, for the rules in force (stage enforce) and a candidate',
    'version',
    'stage',
  );
  const lastReload = leastGauge(
    registry,
    'rules_last_reload_success',
    '1 if the rules directory was taken the last time it was looked at, 0 if it was refused',
  );
  const activated = gauge(
    registry,
    'ruleset_activated_timestamp_seconds',
    'When this process last took other rules, Unix time',
  );
  const metrics = {
    aliasVerdicts: counter(
      registry,
      'alias_verdicts_total',
      'Messages per alias and verdict',
      'alias',
      'verdict',
    ),
    rulesRejectedBy: counter(
      registry,
      'rules_rejected_total',
      'Rule sets that were not put in force, by the step that refused them',
      'step',
    ),
    rulesNotFollowed: counter(
      registry,
      'rules_follow_failures_total',
      'Times the stored rules could not be read; what was in force stays',
    ),
    rulesetShadow: counter(
      registry,
      'ruleset_shadow_total',
      'Messages that a candidate in shadow was held against, by what it would change',
      'change',
    ),
  };
  for (const step of activationSteps) metrics.rulesRejectedBy.inc({ step }, 0);
  for (const change of shadowChanges) metrics.rulesetShadow.inc({ change }, 0);
  const labels = new AdmittedLabels(maxAliases);
  const start = (alias: string) => {
    for (const verdict of verdicts) metrics.aliasVerdicts.inc({ alias, verdict }, 0);
    startCampaigns(alias);
  };
  const admit = ({ aliases, conditions = [], causes }: ShownRules) => {
    startConditions(conditions);
    startCauses(causes?.attack.map(({ id }) => id) ?? []);
    for (const alias of labels.admit(aliases.map(({ id }) => id))) start(alias);
  };
  start(labels.other);
  return {
    ...metrics,
    /** The label value for an alias id. */
    aliasLabel: (alias: string) => labels.labelOf(alias),
    /** Whether an alias has a label value of its own. */
    hasLabel: (alias: string) => labels.labelOf(alias) !== labels.other,
    /** A rule set came into force, or a candidate was made or dropped. */
    rulesActivated(
      rules: ShownRules,
      candidate: {
        readonly rules: ShownRules;
        readonly stage: { readonly kind: string };
      } | null = null,
    ) {
      admit(rules);
      info.reset();
      info.set({ version: rules.version, stage: 'enforce' }, 1);
      if (candidate !== null) {
        admit(candidate.rules);
        info.set({ version: candidate.rules.version, stage: candidate.stage.kind }, 1);
      }
      lastReload.set(1);
      activated.setToCurrentTime();
    },
    /** A reload failed; the rule set before it stays in force. */
    rulesRejected: () => lastReload.set(0),
    /** What was wrong with the files is mended, and what they hold is in force already. */
    rulesFound: () => lastReload.set(1),
  };
}
