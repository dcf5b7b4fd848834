import { dashboard } from './dashboard.ts';

export const operations = dashboard({
  uid: 'aliaswatch-operations',
  title: 'Aliaswatch: operations',
  description: 'Is it healthy, and does it cost us mail?',
  rows: [
    {
      title: 'At a glance',
      height: 5,
      panels: [
        {
          title: 'Processes up',
          kind: 'stat',
          description: 'Processes that answer a scrape. Fewer than you run: runbook down.',
          queries: [{ expr: 'sum(up{job="aliaswatch"})', legend: 'up' }],
        },
        {
          title: 'Mail per second',
          kind: 'stat',
          description:
            'Messages that got a verdict. Nothing by day: look at the next hop and at MX records before you look here.',
          queries: [
            { expr: 'sum(rate(aliaswatch_transactions_total[$__rate_interval]))', legend: 'mail' },
          ],
          unit: 'reqps',
        },
        {
          title: 'Put off (4xx)',
          kind: 'stat',
          description:
            'Share of final replies that told a client to come back. Above 10 %: runbook mail-delayed.',
          queries: [
            {
              expr: 'sum(rate(aliaswatch_smtp_replies_total{class="4xx"}[$__rate_interval])) / (sum(rate(aliaswatch_smtp_replies_total[$__rate_interval])) > 0)',
              legend: '4xx',
            },
          ],
          unit: 'percentunit',
          warn: 0.02,
          bad: 0.1,
        },
        {
          title: 'Not judged',
          kind: 'stat',
          description:
            'Share of mail that went on without a verdict through no fault of its own. Above 1 %: runbook fail-open.',
          queries: [{ expr: 'sum(aliaswatch:fail_open:ratio5m)', legend: 'unjudged' }],
          unit: 'percentunit',
          warn: 0.001,
          bad: 0.01,
        },
        {
          title: 'Alerts',
          kind: 'stat',
          description:
            'Alerts that fire now. Each has a link to its runbook, in Prometheus under Alerts.',
          queries: [
            {
              expr: 'count(ALERTS{alertstate="firing",alertname=~"Aliaswatch.+"}) or vector(0)',
              legend: 'firing',
            },
          ],
          warn: 1,
        },
      ],
    },
    {
      title: 'Traffic',
      panels: [
        {
          title: 'Mail by action',
          description:
            'What was done with mail. Much tagged or held at once: look at the dashboard Detection for the alias, and for the campaign.',
          queries: [
            {
              expr: 'sum by (action) (rate(aliaswatch_transactions_total[$__rate_interval]))',
              legend: '{{action}}',
            },
          ],
          unit: 'reqps',
          isStacked: true,
        },
        {
          title: 'Replies to clients',
          description:
            "4xx that rise are mail that waits (runbook mail-delayed); 5xx that rise are the next hop's refusals, or `reject` in the policy.",
          queries: [
            {
              expr: 'sum by (class) (rate(aliaswatch_smtp_replies_total[$__rate_interval]))',
              legend: '{{class}}',
            },
          ],
          unit: 'reqps',
        },
        {
          title: 'Refused by our limits',
          description:
            'Clients that a limit turned away, by reason. One reason that stands out is a flood, or a limit that is too low for your mail (runbook saturated).',
          queries: [
            {
              expr: 'sum by (reason) (rate(aliaswatch_smtp_refused_total[$__rate_interval])) > 0',
              legend: '{{reason}}',
            },
          ],
          unit: 'reqps',
        },
      ],
    },
    {
      title: 'Latency',
      panels: [
        {
          title: 'From the end of a message to our reply',
          description:
            'Above 10 s clients begin to wait in vain. Find the stage beside this; if none is slow, it is the next hop (runbook mail-delayed).',
          queries: [0.5, 0.95, 0.99].map((share) => ({
            expr: `histogram_quantile(${share}, sum by (le) (rate(aliaswatch_transaction_duration_seconds_bucket[$__rate_interval])))`,
            legend: `${share * 100} %`,
          })),
          unit: 's',
          bad: 10,
        },
        {
          title: 'Stages, 95 %',
          description:
            '`authenticate` waits for DNS, `observe` and `commit` for the store; the others are our own work. The one that rose is where to look.',
          queries: [
            {
              expr: 'histogram_quantile(0.95, sum by (le, stage) (rate(aliaswatch_stage_duration_seconds_bucket[$__rate_interval])))',
              legend: '{{stage}}',
            },
          ],
          unit: 's',
        },
        {
          title: 'DNS',
          description:
            'Failures that rise: the resolver; name another with `--dns`. Few from the cache: much mail from new senders, a flood perhaps.',
          queries: [
            {
              expr: 'sum by (outcome) (rate(aliaswatch_dns_lookups_total[$__rate_interval]))',
              legend: '{{outcome}}',
            },
          ],
          unit: 'reqps',
        },
      ],
    },
    {
      title: 'Errors',
      panels: [
        {
          title: 'Next hop in trouble',
          description:
            'Share of steps that ended in 4xx, or in no answer. Above 20 %: runbook next-hop-refusing.',
          queries: [{ expr: 'aliaswatch:next_hop_trouble:ratio5m', legend: '{{stage}}' }],
          unit: 'percentunit',
          bad: 0.2,
        },
        {
          title: 'Not judged, by cause',
          description:
            "`store`, `dns`, `deadline`, `bug`: runbook fail-open. `malformed` and `limit` are the message's own doing, and anybody can send them.",
          queries: [
            {
              expr: 'sum by (cause) (rate(aliaswatch_fail_open_total[$__rate_interval]))',
              legend: '{{cause}}',
            },
          ],
          unit: 'reqps',
        },
        {
          title: 'May arrive twice',
          description:
            'The next hop has a message and its client may send it again: lost clients, or a next hop that breaks off after the final dot. Steady: look for a proxy or a firewall that cuts connections.',
          queries: [
            {
              expr: 'sum by (cause) (increase(aliaswatch_duplicate_risk_total[$__rate_interval]))',
              legend: '{{cause}}',
            },
          ],
        },
        {
          title: 'Lost beside the path of mail',
          description:
            'Lessons, audit records and notes for reviewers that could not be stored. Mail is not affected; what is: runbooks baseline-stale and audit-broken.',
          queries: [
            {
              expr: 'sum(increase(aliaswatch_lessons_lost_total[$__rate_interval]))',
              legend: 'lessons',
            },
            {
              expr: 'sum(increase(aliaswatch_audit_lost_total[$__rate_interval]))',
              legend: 'audit records',
            },
            {
              expr: 'sum(increase(aliaswatch_review_messages_lost_total[$__rate_interval]))',
              legend: 'messages for reviewers',
            },
          ],
        },
      ],
    },
    {
      title: 'Saturation',
      panels: [
        {
          title: 'Sessions',
          description:
            'Of those there may be. Above 90 % new clients are put off: runbook saturated.',
          queries: [
            {
              expr: 'aliaswatch_smtp_sessions / (aliaswatch_smtp_sessions_limit > 0)',
              legend: '{{instance}}',
            },
          ],
          unit: 'percentunit',
          bad: 0.9,
          max: 1,
        },
        {
          title: 'Spool',
          description:
            'Large messages under way, of what the spool may take. It falls by itself when mail gets through; if not: runbook saturated.',
          queries: [
            {
              expr: 'aliaswatch_spool_bytes / (aliaswatch_spool_limit_bytes > 0)',
              legend: '{{instance}}',
            },
          ],
          unit: 'percentunit',
          bad: 0.9,
          max: 1,
        },
        {
          title: 'Lag of the event loop, 99 %',
          description:
            'How late a process is for everything. Above 0.5 s it has more work than one core does: add a process.',
          queries: [
            { expr: 'aliaswatch_nodejs_eventloop_lag_p99_seconds', legend: '{{instance}}' },
          ],
          unit: 's',
          bad: 0.5,
        },
        {
          title: 'Memory',
          description:
            'Resident memory. It levels off within hours; if it rises for days, keep a heap snapshot and report it.',
          queries: [{ expr: 'aliaswatch_process_resident_memory_bytes', legend: '{{instance}}' }],
          unit: 'bytes',
        },
        {
          title: 'Certificates',
          description: 'How long ours are valid. Below 14 days: runbook certificate-expiring.',
          queries: [
            {
              expr: 'min by (use) (aliaswatch_certificate_expiry_timestamp_seconds) - time()',
              legend: '{{use}}',
            },
          ],
          unit: 's',
        },
      ],
    },
  ],
});
