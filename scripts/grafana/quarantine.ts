import { dashboard } from './dashboard.ts';

const released = 'max(aliaswatch_quarantine_messages{state="released"})';
const deleted = 'max(aliaswatch_quarantine_messages{state="deleted"})';

export const quarantine = dashboard({
  uid: 'aliaswatch-quarantine',
  title: 'Aliaswatch: quarantine',
  description: 'What is held, how long it waits, and how much of it was honest.',
  from: 'now-7d',
  rows: [
    {
      title: 'Now',
      height: 5,
      panels: [
        {
          title: 'Waiting for a decision',
          kind: 'stat',
          description:
            'Held messages of all nodes. Rising for days: nobody decides (runbook quarantine-unread).',
          queries: [{ expr: 'max(aliaswatch_quarantine_messages{state="held"})', legend: 'held' }],
        },
        {
          title: 'The oldest waits for',
          kind: 'stat',
          description:
            'Above three days: runbook quarantine-unread. Its recipient misses it without knowing.',
          queries: [{ expr: 'max(aliaswatch_quarantine_oldest_held_seconds)', legend: 'oldest' }],
          unit: 's',
          warn: 86_400,
          bad: 259_200,
        },
        {
          title: 'Honest, of what was decided',
          kind: 'stat',
          description:
            'Released, of all that was released or deleted and is still in the bin: the false-positive rate of holding. What expires and is sent on tagged counts as released. Above a half: raise quarantine.floorBits, and try it with `aliaswatch rules backtest`.',
          queries: [{ expr: `${released} / (${released} + ${deleted} > 0)`, legend: 'released' }],
          unit: 'percentunit',
          warn: 0.3,
          bad: 0.5,
        },
        {
          title: 'Disk',
          kind: 'stat',
          description: 'Of what held mail may take. Above 80 %: runbook quarantine-filling.',
          queries: [
            {
              expr: 'aliaswatch_quarantine_disk_bytes / (aliaswatch_quarantine_limit_bytes > 0)',
              legend: '{{instance}}',
            },
          ],
          unit: 'percentunit',
          warn: 0.6,
          bad: 0.8,
        },
      ],
    },
    {
      title: 'Flow',
      panels: [
        {
          title: 'Held per hour',
          description:
            'A step is a campaign, or a change of rules (see the blue line). quarantine.maxHeldPerHour bounds it.',
          queries: [
            { expr: 'sum(increase(aliaswatch_quarantine_held_total[1h]))', legend: 'held' },
            {
              expr: 'sum(increase(aliaswatch_holds_capped_total[1h]))',
              legend: 'tagged instead, past the bound',
            },
            {
              expr: 'sum(increase(aliaswatch_quarantine_failed_total[1h]))',
              legend: 'could not be held',
            },
          ],
        },
        {
          title: 'Messages by state',
          description:
            '`released` and `deleted` are in the bin until their days are over. A node whose figure differs from the others has an index of its own: `aliaswatch quarantine reindex`.',
          queries: [
            { expr: 'max by (state) (aliaswatch_quarantine_messages)', legend: '{{state}}' },
          ],
          isStacked: true,
        },
        {
          title: 'Bytes',
          description:
            'What held mail takes on each node. It falls when the bin is emptied; if it only rises: runbook quarantine-filling.',
          queries: [{ expr: 'aliaswatch_quarantine_disk_bytes', legend: '{{instance}}' }],
          unit: 'bytes',
        },
      ],
    },
    {
      title: 'Decisions',
      panels: [
        {
          title: 'Acts in console and API',
          description:
            'What people decided, per hour. Acts on the command line are not counted here; `aliaswatch quarantine acts` lists all. Many `undo`: somebody is in doubt, talk to them.',
          queries: [
            {
              expr: 'sum by (kind) (increase(aliaswatch_review_acts_total[1h])) > 0',
              legend: '{{kind}}',
            },
          ],
        },
        {
          title: 'Decided by time alone',
          description:
            'What became of mail that nobody decided about. `released` here is mail that waited for its whole term: look at it sooner. `failed`: the next hop refuses it.',
          queries: [
            {
              expr: 'sum by (outcome) (increase(aliaswatch_quarantine_swept_total[1d])) > 0',
              legend: '{{outcome}}',
            },
          ],
        },
        {
          title: 'Honest, of what was decided',
          description:
            'The false-positive rate over time. A step up after a blue line: the change of rules was worse, see runbook ruleset-breaker-open.',
          queries: [{ expr: `${released} / (${released} + ${deleted} > 0)`, legend: 'released' }],
          unit: 'percentunit',
          max: 1,
        },
      ],
    },
    {
      title: 'Who is told',
      panels: [
        {
          title: 'Notices',
          description:
            '`refused` and `expired` are people who will not hear of held mail: `aliaswatch notice status` says who.',
          queries: [
            {
              expr: 'sum by (outcome) (increase(aliaswatch_notices_total[1h])) > 0',
              legend: '{{outcome}}',
            },
          ],
        },
        {
          title: 'Overdue',
          description: 'How late the oldest notice is. Above an hour: runbook notices-stopped.',
          queries: [{ expr: 'max(aliaswatch_notices_oldest_unsent_seconds)', legend: 'oldest' }],
          unit: 's',
          bad: 3600,
        },
        {
          title: 'Index',
          description:
            'Changes that the index was not told of, and times that it did not answer. Lists are read from the files meanwhile; steady: look at the store.',
          queries: [
            { expr: 'sum(aliaswatch_quarantine_unindexed)', legend: 'not told' },
            {
              expr: 'sum(increase(aliaswatch_quarantine_index_failed_total[1h]))',
              legend: 'no answer, per hour',
            },
          ],
        },
      ],
    },
  ],
});
