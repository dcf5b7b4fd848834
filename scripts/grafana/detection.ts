import { dashboard } from './dashboard.ts';

export const detection = dashboard({
  uid: 'aliaswatch-detection',
  title: 'Aliaswatch: detection',
  description: 'What is flagged, why, how late, and whether it is too much.',
  byAlias: true,
  from: 'now-24h',
  rows: [
    {
      title: 'Today',
      height: 6,
      panels: [
        {
          title: 'Budget used',
          kind: 'bargauge',
          description:
            'Campaigns flagged today of those that honest mail should cause at most. Above 1: runbook budget-exceeded.',
          queries: [
            { expr: 'max by (budget) (aliaswatch_budget_used_ratio)', legend: '{{budget}}' },
          ],
          unit: 'percentunit',
          warn: 0.7,
          bad: 1,
        },
        {
          title: 'New campaigns',
          kind: 'stat',
          description:
            'Each is one attack, or one change of a vendor, however many copies came. Decide about each: runbook alias-campaign.',
          queries: [
            {
              expr: 'sum(increase(aliaswatch_campaigns_total{alias=~"$alias"}[$__range]))',
              legend: 'campaigns',
            },
          ],
          warn: 1,
        },
        {
          title: 'Breaker',
          kind: 'stat',
          description:
            '1: mail is only tagged and nothing is learned, since something of ours seems broken. Runbooks breaker-open and ruleset-breaker-open.',
          queries: [{ expr: 'max by (cause) (aliaswatch_breaker_open)', legend: '{{cause}}' }],
          bad: 1,
        },
        {
          title: 'Mature aliases',
          kind: 'stat',
          description:
            'Aliases whose own baseline is long enough to hold mail by. Others are only tagged, unless their vendor has a pack. It rises over weeks; a fall means that history was lost.',
          queries: [
            { expr: 'sum(max by (alias) (aliaswatch_baseline_mature))', legend: 'mature' },
            {
              expr: 'count(max by (alias) (aliaswatch_baseline_mature))',
              legend: 'with a baseline',
            },
          ],
        },
      ],
    },
    {
      title: 'Verdicts',
      panels: [
        {
          title: 'Verdicts of watched mail',
          description:
            "`unavailable`: runbook fail-open. Much `unverified`: a forwarder breaks signatures; name it in trustedRelays. Much `impersonation`: somebody uses vendors' names from elsewhere.",
          queries: [
            {
              expr: 'sum by (verdict) (rate(aliaswatch_alias_verdicts_total{alias=~"$alias"}[$__rate_interval]))',
              legend: '{{verdict}}',
            },
          ],
          unit: 'reqps',
          isStacked: true,
        },
        {
          title: 'Flagged, by alias',
          description:
            'The ten aliases with most flagged mail. One that stands out: `aliaswatch campaign list`, then runbook alias-campaign.',
          queries: [
            {
              expr: 'topk(10, sum by (alias) (increase(aliaswatch_alias_verdicts_total{alias=~"$alias",verdict=~"suspicious|anomalous"}[$__rate_interval])) > 0)',
              legend: '{{alias}}',
            },
          ],
          isStacked: true,
        },
        {
          title: 'Campaign messages, by alias',
          description:
            'Copies of flagged campaigns. While they rise the attack goes on: confirm it, so that other aliases are tagged as well.',
          queries: [
            {
              expr: 'topk(10, sum by (alias) (increase(aliaswatch_campaign_messages_total{alias=~"$alias"}[$__rate_interval])) > 0)',
              legend: '{{alias}}',
            },
          ],
          isStacked: true,
        },
      ],
    },
    {
      title: 'Why',
      panels: [
        {
          title: 'Causes',
          kind: 'bargauge',
          description:
            'Attack causes (rules/causes.yaml) that explain flagged mail best. One that flags only honest mail: lower its weight and try it with `aliaswatch rules backtest`.',
          queries: [
            {
              expr: 'topk(10, sum by (cause) (increase(aliaswatch_flagged_total[$__range])) > 0)',
              legend: '{{cause}}',
            },
          ],
        },
        {
          title: 'Signals',
          kind: 'bargauge',
          description:
            'What speaks most against flagged mail. One signal on unrelated vendors is a fault of ours, or a change in front of us (the breaker opens for it).',
          queries: [
            {
              expr: 'topk(10, sum by (signal) (increase(aliaswatch_flagged_signals_total[$__range])) > 0)',
              legend: '{{signal}}',
            },
          ],
        },
        {
          title: 'Conditions that were met',
          kind: 'bargauge',
          description:
            'Your own conditions (rules/conditions.yaml). One that is met by far more mail than was thought: switch it to count only, and look at the mail.',
          queries: [
            {
              expr: 'topk(10, sum by (condition) (increase(aliaswatch_condition_matches_total[$__range])) > 0)',
              legend: '{{condition}}',
            },
          ],
        },
        {
          title: 'Conditions that failed',
          description:
            'Messages that a condition could not be asked of; it counts as not met. The log says why, once an hour.',
          queries: [
            {
              expr: 'sum by (condition) (increase(aliaswatch_condition_errors_total[$__rate_interval])) > 0',
              legend: '{{condition}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Time to detection',
      panels: [
        {
          title: 'From the first copy to the first flag',
          description:
            'How long campaigns went unseen. Longer than an hour: look at what passed (`aliaswatch campaign show`), and confirm the attack so that its values count at once.',
          queries: [0.5, 0.9].map((share) => ({
            expr: `histogram_quantile(${share}, sum by (le) (increase(aliaswatch_campaign_undetected_seconds_bucket[$__range])))`,
            legend: `${share * 100} %`,
          })),
          unit: 's',
        },
        {
          title: 'Copies that passed before it',
          description: 'Somebody has them in the mailbox: `aliaswatch campaign export` names who.',
          queries: [
            {
              expr: 'sum(increase(aliaswatch_campaign_missed_messages_total[$__rate_interval]))',
              legend: 'copies',
            },
          ],
        },
      ],
    },
    {
      title: 'Aliases',
      panels: [
        {
          title: 'Silent for longer than usual',
          kind: 'table',
          description:
            'An alias that stopped writing: runbook alias-silent. The value is the silence in seconds.',
          queries: [
            {
              expr: 'time() - max by (alias) (aliaswatch_alias_last_seen_timestamp_seconds) > max by (alias) (aliaswatch_alias_usual_silence_seconds)',
              legend: '{{alias}}',
            },
          ],
          unit: 's',
        },
        {
          title: 'Days since something was learned',
          kind: 'table',
          description:
            'The aliases that learned longest ago. Longer than they were silent: runbook baseline-stale.',
          queries: [
            {
              expr: 'topk(20, (time() - max by (alias) (aliaswatch_baseline_last_learned_timestamp_seconds{alias=~"$alias"})) / 86400)',
              legend: '{{alias}}',
            },
          ],
        },
        {
          title: 'Age of baselines in days',
          kind: 'table',
          description:
            'Aliases with the shortest history. They are judged by priors and their vendor; nothing to do but wait.',
          queries: [
            {
              expr: 'bottomk(20, (time() - max by (alias) (aliaswatch_baseline_first_learned_timestamp_seconds{alias=~"$alias"})) / 86400)',
              legend: '{{alias}}',
            },
          ],
        },
        {
          title: 'Learned',
          description:
            'Lessons stored per second. Nothing while mail is delivered: the breaker is open, or the store does not take them (runbook baseline-stale).',
          queries: [
            {
              expr: 'sum(rate(aliaswatch_stage_duration_seconds_count{stage="commit"}[$__rate_interval]))',
              legend: 'lessons',
            },
          ],
          unit: 'reqps',
        },
      ],
    },
  ],
});
