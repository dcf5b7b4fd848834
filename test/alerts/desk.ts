import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAlerts, type Alerts } from '../../src/alerts/alerts.ts';
import type { Alias } from '../../src/alias/alias.ts';
import { assumeAuthenticated } from '../../src/archive/archived-transaction.ts';
import { openStore } from '../../src/baseline/open-store.ts';
import { defaultStoreLimits, type BaselineStore, type Commit } from '../../src/baseline/store.ts';
import type { RuleSet } from '../../src/config/rule-set.ts';
import type { Policy } from '../../src/decision/policy.ts';
import { createPseudonym } from '../../src/features/hash.ts';
import { readCalendars } from '../../src/message/attachments/read-calendars.ts';
import { readHeader } from '../../src/message/header.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { recordEvents } from '../../src/observability/record-events.ts';
import { processTransaction } from '../../src/pipeline.ts';
import { openQuarantine } from '../../src/quarantine/directory-quarantine.ts';
import type { StoredQuarantine } from '../../src/quarantine/stored-quarantine.ts';
import { activate } from '../../src/activate-rules.ts';
import type { ScoredToKeep } from '../../src/vectors/keep-vectors.ts';
import { reply } from '../../src/smtp/reply.ts';
import { recordedLog } from '../observability/samples.ts';
import { mailBytes, transactionOf, type MailText } from '../support/messages.ts';
import { shippedRuleSet } from '../support/shipped-rule-set.ts';

export type Mail = MailText & {
  readonly alias: Alias;
  readonly minutes?: number;
  readonly recipient?: string;
};

/** The real pipeline with real stores, alerts, metrics and log; only DNS and the next hop are not there. */
export type Desk = AsyncDisposable & {
  readonly rules: RuleSet;
  readonly baselines: BaselineStore;
  readonly quarantine: StoredQuarantine;
  readonly alerts: Alerts;
  /** Takes one message through and returns the client's reply and the verdict field. */
  readonly send: (mail: Mail) => Promise<{ readonly code: number; readonly verdict: string }>;
  /** What was to be learned, in order; not stored. */
  readonly lessons: Commit[];
  /** What was to be kept for backtests, in order. */
  readonly scored: ScoredToKeep[];
  readonly logLines: () => readonly Record<string, unknown>[];
  readonly metric: (sample: string) => Promise<number | null>;
};

const start = Date.parse('2026-03-02T09:00:00Z');

export async function openDesk({
  policy = {},
  change = (rules: RuleSet) => rules,
  before,
}: {
  readonly policy?: Partial<Policy>;
  /** What is wrong with the rules. */
  readonly change?: (rules: RuleSet) => RuleSet;
  /** The policy of the set before, where the rules are new. */
  readonly before?: Partial<Policy>;
} = {}): Promise<Desk> {
  await using opened = new AsyncDisposableStack();
  const active = activate(
    change({
      ...shippedRuleSet,
      policy: { ...shippedRuleSet.policy, mode: 'enforce', ...policy },
    }),
    { mode: null },
  );
  const rulesBefore = before && {
    ...active,
    version: 'before',
    policy: { ...active.policy, ...before },
  };
  const limits = defaultStoreLimits;
  const baselines = opened.use(await openStore('sqlite::memory:', { limits, timeoutMs: 5000 }));
  const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-desk-'));
  opened.defer(() => rm(directory, { recursive: true, force: true }));
  const quarantine = await openQuarantine(directory);
  const metrics = createMetrics('test');
  metrics.rulesActivated(active);
  const { log, lines } = recordedLog('info');
  const events = recordEvents(metrics, log);
  const alerts = createAlerts(events);
  const lessons: Commit[] = [];
  const scored: ScoredToKeep[] = [];
  let sent = 0;
  let fields = '';
  const owned = opened.move();
  return {
    rules: shippedRuleSet,
    baselines,
    quarantine,
    alerts,
    lessons,
    scored,
    logLines: lines,
    metric: async (sample) => {
      const exposed = (await metrics.registry.metrics()).split('\n');
      const line = exposed.find((text) => text.startsWith(`${sample} `));
      return line === undefined ? null : Number(line.slice(sample.length));
    },
    send: async ({ alias, minutes = 0, recipient = 'jo@site.example', ...text }) => {
      const data = mailBytes({ from: `${alias.vendor} <${addressOf(alias)}>`, ...text });
      const transaction = {
        ...transactionOf(data, {
          receivedAt: new Date(start + minutes * 60_000),
          envelope: { rcptTo: [recipient] },
        }),
        id: String(++sent).padStart(20, '0'),
      };
      const { code } = await processTransaction(
        transaction,
        {
          deliver: (prefix) => {
            fields = prefix.toString();
            return Promise.resolve(reply(250, '2.0.0', 'queued'));
          },
          abandon: () => Promise.resolve(),
        },
        {
          rules: () => active,
          names: { hostname: 'mx.test', authservId: 'mx.test', contactUrl: '' },
          warnRecipients: ({ content }, _analysis, _rules, prefix) =>
            Promise.resolve({ prefix, content }),
          withoutForgedFields: (received) => Promise.resolve(received),
          authenticate: () => Promise.resolve(assumeAuthenticated(readHeader(data))),
          readAttachments: readCalendars,
          baselines,
          organization: null,
          alerts,
          rulesBefore: () => rulesBefore ?? null,
          pseudonym: createPseudonym(Buffer.alloc(32)),
          quarantine: {
            hold: (message, prefix, content) => {
              fields = prefix.toString();
              return quarantine.hold(message, prefix, content);
            },
          },
          learn: (lesson) => void lessons.push(lesson),
          feedOrganization: () => Promise.resolve(),
          keepVector: (one) => void scored.push(one),
          events,
          analysisDeadlineMs: 20_000,
          countsTraffic: true,
        },
      );
      const [field = ''] = fields.replaceAll(/\r\n[ \t]/g, ' ').split('\r\n');
      return { code, verdict: field.replace('X-Aliaswatch-Verdict: ', '') };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** An address that the alias covers. */
function addressOf({ addresses: [pattern = ''] }: Alias): string {
  return pattern.replace('@*.', '@mail.').replace(/^\*/, 'notices');
}

/** One alias of each vendor of the catalogue. */
export function oneOfEachVendor({ aliases }: Pick<RuleSet, 'aliases'>): readonly Alias[] {
  return [...new Map(aliases.map((alias) => [alias.vendor, alias])).values()];
}
