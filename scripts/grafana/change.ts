import { dashboard } from './dashboard.ts';

export const change = dashboard({
  uid: 'aliaswatch-change',
  title: 'Aliaswatch: change',
  description:
    'What changed at 14:05? Rules, starts and breaker are lines on every dashboard; here is more of them.',
  from: 'now-7d',
  rows: [
    {
      title: 'What is in force',
      panels: [
        {
          title: 'Rules',
          kind: 'table',
          description:
            'Versions in force (`enforce`) and on trial, by process. Two versions in force for longer than a second: a process does not follow (runbook rules-refused).',
          queries: [
            {
              expr: 'max by (version, stage, instance) (aliaswatch_ruleset_info)',
              legend: '{{version}}',
            },
          ],
        },
        {
          title: 'Program',
          kind: 'table',
          description:
            'Versions that run. Two for longer than a rolling upgrade takes: one was forgotten.',
          queries: [
            { expr: 'max by (version, instance) (aliaswatch_build_info)', legend: '{{version}}' },
          ],
        },
        {
          title: 'Last look at the rules directory',
          kind: 'stat',
          description:
            '0: what is on the disk was refused, and what was in force stays (runbook rules-refused).',
          queries: [
            {
              expr: 'min by (instance) (aliaswatch_rules_last_reload_success)',
              legend: '{{instance}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Rules over time',
      panels: [
        {
          title: 'Versions in force',
          description:
            'A new colour is a change: `aliaswatch rules history` says by whom and why, `aliaswatch rules diff` what.',
          queries: [
            {
              expr: 'count by (version) (aliaswatch_ruleset_info{stage="enforce"})',
              legend: '{{version}}',
            },
          ],
          isStacked: true,
        },
        {
          title: 'Refused sets',
          description:
            "By the step that refused them. `check` and `test`: somebody's mistake; `backtest`: the gate found mail that would be flagged otherwise.",
          queries: [
            {
              expr: 'sum by (step) (increase(aliaswatch_rules_rejected_total[$__rate_interval]))',
              legend: '{{step}}',
            },
            {
              expr: 'sum(increase(aliaswatch_rules_follow_failures_total[$__rate_interval]))',
              legend: 'store does not answer',
            },
          ],
        },
        {
          title: 'Candidate in shadow',
          description:
            'What it would change of the mail that comes. Much that is `graver` and honest: do not promote it.',
          queries: [
            {
              expr: 'sum by (change) (increase(aliaswatch_ruleset_shadow_total[$__rate_interval])) > 0',
              legend: '{{change}}',
            },
          ],
          isStacked: true,
        },
      ],
    },
    {
      title: 'Breaker',
      panels: [
        {
          title: 'Open',
          description:
            'While it is 1 mail is only tagged. Runbooks breaker-open and ruleset-breaker-open.',
          queries: [{ expr: 'max by (cause) (aliaswatch_breaker_open)', legend: '{{cause}}' }],
          max: 1,
        },
        {
          title: 'Opened per day',
          description:
            'More than once a week: something in front of us changes mail, or the breaker is set too fine (rules/policy.yaml: breaker).',
          queries: [
            {
              expr: 'sum by (cause) (increase(aliaswatch_breaker_opened_total[1d]))',
              legend: '{{cause}}',
            },
          ],
        },
        {
          title: 'Flagged, of watched mail',
          description:
            'A step at a blue line is the change of rules: `aliaswatch quarantine list --only-under` shows what it alone holds.',
          queries: [
            {
              expr: 'sum(rate(aliaswatch_alias_verdicts_total{verdict=~"suspicious|anomalous"}[1h])) / (sum(rate(aliaswatch_alias_verdicts_total[1h])) > 0)',
              legend: 'flagged',
            },
          ],
          unit: 'percentunit',
        },
      ],
    },
    {
      title: 'Record and people',
      panels: [
        {
          title: 'Audit log',
          description:
            'Records by process. A line that falls is a chain that begins anew: look for a damaged one (runbook audit-broken).',
          queries: [{ expr: 'aliaswatch_audit_head_sequence', legend: '{{instance}}' }],
        },
        {
          title: 'Audit log in trouble',
          description: 'Anything above 0: `aliaswatch audit verify`, and runbook audit-broken.',
          queries: [
            {
              expr: 'sum by (instance) (aliaswatch_audit_damaged_total)',
              legend: 'damaged on {{instance}}',
            },
            {
              expr: 'sum(increase(aliaswatch_audit_lost_total[$__rate_interval]))',
              legend: 'records lost',
            },
            {
              expr: 'sum(increase(aliaswatch_audit_publish_failed_total[$__rate_interval]))',
              legend: 'heads not published',
            },
          ],
          bad: 1,
        },
        {
          title: 'Logins to the console',
          description:
            'Many that are refused: somebody guesses passwords. The log has the method, your proxy the address.',
          queries: [
            {
              expr: 'sum by (method, outcome) (increase(aliaswatch_console_logins_total[$__rate_interval])) > 0',
              legend: '{{method}} {{outcome}}',
            },
          ],
        },
        {
          title: 'Starts',
          description:
            'When each process started. One that starts again and again: its log says why.',
          queries: [
            { expr: 'time() - aliaswatch_process_start_time_seconds', legend: '{{instance}}' },
          ],
          unit: 's',
        },
      ],
    },
  ],
});
