import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unauthenticated } from '../../src/authentication/results.ts';
import type { DkimSignature } from '../../src/authentication/results.ts';
import type { KnownCampaign } from '../../src/decision/campaigns.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import type { Metrics } from '../../src/observability/metrics.ts';
import { recordEvents } from '../../src/observability/record-events.ts';
import { reply } from '../../src/smtp/reply.ts';
import { id } from '../action/samples.ts';
import { completed, recordedLog, secret } from './samples.ts';

function recorder() {
  const metrics = createMetrics('0.1.0');
  metrics.rulesActivated({ version: '4f1c00aa11bb', aliases: [{ id: 'vendor-billing' }] });
  const recorded = recordedLog('info');
  return { metrics, events: recordEvents(metrics, recorded.log), ...recorded };
}

/** Samples that are not 0, as they are exposed: `name{labels} value`. */
async function moved({ registry }: Metrics): Promise<string[]> {
  const exposed = (await registry.metrics()).split('\n');
  return exposed
    .filter((line) =>
      /^aliaswatch_(?!nodejs|process|build|rule|stage|transaction_duration|workers)\S* (?!0$)/.test(
        line,
      ),
    )
    .sort();
}

test('a completed transaction is one line of facts', () => {
  const { events, lines } = recorder();
  events.transactionCompleted(completed);
  const [{ time, ...line } = {}, ...others] = lines();
  assert.match(String(time), /^\d{4}-\d\d-\d\dT/);
  assert.deepEqual(others, []);
  assert.deepEqual(line, {
    level: 'info',
    msg: 'transaction',
    id,
    queueId: '4XyZ',
    client: '192.0.2.10',
    mailFrom: 'bounce@vendor.test',
    recipients: 1,
    from: 'billing@vendor.test',
    messageId: '<1@vendor.test>',
    sizeBytes: 24,
    spf: 'pass',
    dkim: 'none',
    dmarc: 'fail',
    arc: 'none',
    alias: 'vendor-billing',
    verdict: 'anomalous',
    action: 'quarantine',
    effectiveAction: 'tag',
    scoreBits: 25.04,
    pValue: 3.1e-6,
    cause: 'callback',
    n: 5000,
    terms: { phone: 27.04, prior: -2 },
    reply: '250 2.0.0 queued as 4XyZ',
    ruleset: '4f1c00aa11bb',
  });
});

test('neither the message nor a recipient is in the line, whatever is hostile is bounded', () => {
  const { events, written } = recorder();
  const long = 'x'.repeat(100_000);
  const envelope = { ...completed.transaction.envelope, mailFrom: `${long}\r\n{"forged":1}` };
  events.transactionCompleted({
    ...completed,
    transaction: { ...completed.transaction, envelope },
  });
  const [line = ''] = written;
  assert.ok(!line.includes(secret) && !line.includes('ann@example.test'));
  assert.equal(line.indexOf('\n'), line.length - 1);
  assert.ok(line.length < 2000);
});

test('a reply of the next hop that names a recipient does not put it into the line', () => {
  const { events, lines } = recorder();
  const { transaction } = completed;
  events.transactionCompleted({
    ...completed,
    transaction: {
      ...transaction,
      envelope: { ...transaction.envelope, rcptTo: ['ann@example.test', 'b$&@example.test'] },
    },
    reply: reply(250, '2.0.0', '<Ann@example.test> 4Xy saved, <b$&@example.test> too, x@y.test'),
  });
  assert.equal(lines()[0]?.['reply'], '250 2.0.0 <recipient> 4Xy saved, <recipient> too, x@y.test');
});

test('a failure has its cause in the line, unscored mail no score', () => {
  const { events, lines } = recorder();
  const decision = { ...completed.decision, verdict: 'unavailable', failure: 'store' } as const;
  events.transactionCompleted({
    ...completed,
    score: null,
    alias: null,
    decision,
    authentication: unauthenticated,
  });
  const [line = {}] = lines();
  assert.equal(line['failure'], 'store');
  assert.equal(line['spf'], 'temperror');
  assert.ok(!('scoreBits' in line) && !('terms' in line));
});

test('one passing signature is the DKIM word', () => {
  const { events, lines } = recorder();
  const signature = (result: 'pass' | 'fail') => ({ result }) as DkimSignature;
  for (const dkim of [[signature('fail'), signature('pass')], [signature('fail')]]) {
    events.transactionCompleted({
      ...completed,
      authentication: { ...completed.authentication, dkim },
    });
  }
  assert.deepEqual(
    lines().map((line) => line['dkim']),
    ['pass', 'fail'],
  );
});

const campaign: KnownCampaign = {
  id: '0c1d2e3f4a5b',
  by: 'phone',
  keys: ['aabbccddeeff'],
  text: [],
  aliases: ['vendor-billing'],
  messages: 3,
  lastSeenMs: 0,
  toldMs: 0,
  toldMessages: 1,
};

const counted = [
  {
    name: 'transaction',
    record: ({ events }: ReturnType<typeof recorder>) => {
      events.transactionCompleted(completed);
      events.transactionCompleted({
        ...completed,
        alias: 'not-in-the-catalogue',
        reply: reply(451, '4.4.1', 'later'),
      });
      events.transactionCompleted({
        ...completed,
        alias: null,
        reply: reply(354, null, 'not a final reply'),
      });
    },
    samples: [
      'aliaswatch_alias_last_seen_timestamp_seconds{alias="vendor-billing"} 1772690828',
      'aliaswatch_alias_verdicts_total{alias="_other",verdict="anomalous"} 1',
      'aliaswatch_alias_verdicts_total{alias="vendor-billing",verdict="anomalous"} 1',
      'aliaswatch_smtp_replies_total{class="2xx"} 1',
      'aliaswatch_smtp_replies_total{class="4xx"} 1',
      'aliaswatch_transactions_total{verdict="anomalous",action="tag"} 3',
    ],
    levels: ['info', 'info', 'info'],
  },
  {
    name: 'flagged',
    record: ({ events }: ReturnType<typeof recorder>) => {
      const decision = { ...completed.decision, campaign: campaign.id };
      events.transactionCompleted({ ...completed, alias: null, decision });
      events.campaignFound(90_000, 2);
    },
    samples: [
      'aliaswatch_campaign_missed_messages_total 2',
      'aliaswatch_campaign_undetected_seconds_bucket{le="+Inf"} 1',
      'aliaswatch_campaign_undetected_seconds_bucket{le="21600"} 1',
      'aliaswatch_campaign_undetected_seconds_bucket{le="259200"} 1',
      'aliaswatch_campaign_undetected_seconds_bucket{le="3600"} 1',
      'aliaswatch_campaign_undetected_seconds_bucket{le="600"} 1',
      'aliaswatch_campaign_undetected_seconds_bucket{le="604800"} 1',
      'aliaswatch_campaign_undetected_seconds_bucket{le="86400"} 1',
      'aliaswatch_campaign_undetected_seconds_count 1',
      'aliaswatch_campaign_undetected_seconds_sum 90',
      'aliaswatch_flagged_signals_total{signal="phone"} 1',
      'aliaswatch_flagged_total{cause="_other"} 1',
      'aliaswatch_smtp_replies_total{class="2xx"} 1',
      'aliaswatch_transactions_total{verdict="anomalous",action="tag"} 1',
    ],
    levels: ['info'],
  },
  {
    name: 'a step with the next hop',
    record: ({ events }: ReturnType<typeof recorder>) => {
      events.nextHopAnswered('connect', 'lost');
      events.nextHopAnswered('rcpt', '5xx');
    },
    samples: [
      'aliaswatch_next_hop_replies_total{stage="connect",class="lost"} 1',
      'aliaswatch_next_hop_replies_total{stage="rcpt",class="5xx"} 1',
    ],
    levels: [],
  },
  {
    name: 'failed open',
    record: ({ events }: ReturnType<typeof recorder>) => {
      events.failedOpen('store', new Error('gone'), id);
      events.failedOpen('bug', 'not even an error', id);
    },
    samples: [
      'aliaswatch_fail_open_total{cause="bug"} 1',
      'aliaswatch_fail_open_total{cause="store"} 1',
    ],
    levels: ['warn', 'error'],
  },
  {
    name: 'message held',
    record: ({ events }: ReturnType<typeof recorder>) =>
      events.messageHeld(id, 'vendor-billing', 1234),
    samples: ['aliaswatch_quarantine_bytes_total 1234', 'aliaswatch_quarantine_held_total 1'],
    levels: ['warn'],
  },
  {
    name: 'hold failed',
    record: ({ events }: ReturnType<typeof recorder>) => events.holdFailed(new Error('full'), id),
    samples: ['aliaswatch_quarantine_failed_total 1'],
    levels: ['error'],
  },
  {
    name: 'lesson lost',
    record: ({ events }: ReturnType<typeof recorder>) => events.lessonLost(new Error('gone'), id),
    samples: ['aliaswatch_lessons_lost_total 1'],
    levels: ['warn'],
  },
  {
    name: 'ledgers asked',
    record: ({ events }: ReturnType<typeof recorder>) => {
      events.organizationAsked('answered', null);
      events.organizationAsked('failed', new Error('gone'));
    },
    samples: [
      'aliaswatch_organization_lookups_total{outcome="answered"} 1',
      'aliaswatch_organization_lookups_total{outcome="failed"} 1',
    ],
    levels: ['warn'],
  },
  {
    name: 'counts lost',
    record: ({ events }: ReturnType<typeof recorder>) =>
      events.organizationLost(7, new Error('gone')),
    samples: ['aliaswatch_organization_lost_total 7'],
    levels: ['warn'],
  },
  {
    name: 'past a ceiling',
    record: ({ events }: ReturnType<typeof recorder>) => {
      const decision = { ...completed.decision, limit: 'alias' } as const;
      events.transactionCompleted({ ...completed, alias: null, decision });
    },
    samples: [
      'aliaswatch_limit_exceeded_total{limit="alias",action="tag"} 1',
      'aliaswatch_smtp_replies_total{class="2xx"} 1',
      'aliaswatch_transactions_total{verdict="anomalous",action="tag"} 1',
    ],
    levels: ['info'],
  },
  {
    name: 'a campaign is a line when it is new and once an hour, a count for each message',
    record: ({ events }: ReturnType<typeof recorder>) => {
      const again = { joined: campaign, isFirst: false, newMessages: null };
      events.campaignSeen({ joined: campaign, isFirst: true, newMessages: 1 }, 'vendor-billing');
      events.campaignSeen(again, 'vendor-billing');
      events.campaignSeen({ ...again, newMessages: 2 }, 'nobody-knows');
    },
    samples: [
      'aliaswatch_campaign_messages_total{alias="_other"} 1',
      'aliaswatch_campaign_messages_total{alias="vendor-billing"} 2',
      'aliaswatch_campaigns_total{alias="vendor-billing"} 1',
    ],
    levels: ['warn', 'warn'],
  },
  {
    name: 'the breaker opened',
    record: ({ events }: ReturnType<typeof recorder>) =>
      events.breakerOpened({ atMs: 0, cause: 'signal', reason: 'many at once' }),
    samples: [
      'aliaswatch_breaker_opened_total{cause="signal"} 1',
      'aliaswatch_breaker_open{cause="signal"} 1',
    ],
    levels: ['error'],
  },
  {
    name: 'and closed',
    record: ({ events }: ReturnType<typeof recorder>) => {
      events.breakerOpened({ atMs: 0, cause: 'systemic', reason: 'many at once' });
      events.breakerClosed('systemic');
    },
    samples: ['aliaswatch_breaker_opened_total{cause="systemic"} 1'],
    levels: ['error', 'warn'],
  },
  {
    name: 'what is used of a budget',
    record: ({ events }: ReturnType<typeof recorder>) => events.budgetUsed('tag', 0.25),
    samples: ['aliaswatch_budget_used_ratio{budget="tag"} 0.25'],
    levels: [],
  },
];

for (const { name, record, samples, levels } of counted) {
  test(`counter and line together: ${name}`, async () => {
    const recorded = recorder();
    record(recorded);
    assert.deepEqual(await moved(recorded.metrics), samples);
    assert.deepEqual(
      recorded.lines().map((line) => line['level']),
      levels,
    );
  });
}

test('stage durations are in seconds', async () => {
  const { metrics, events } = recorder();
  events.stageMeasured('parse', 250);
  const exposed = await metrics.registry.metrics();
  assert.match(exposed, /^aliaswatch_stage_duration_seconds_sum\{stage="parse"\} 0\.25$/m);
  assert.match(exposed, /^aliaswatch_stage_duration_seconds_bucket\{le="0\.1",stage="parse"\} 0$/m);
});

test('errors are logged by name and code, without passwords, bounded', () => {
  const { events, lines, written } = recorder();
  const error = Object.assign(
    new TypeError(`connect redis://user:hunter2@127.0.0.1 ${'x'.repeat(10_000)}`),
    { code: 'ECONNREFUSED' },
  );
  events.failedOpen('store', error, id);
  const logged = lines()[0]?.['error'] as Record<string, string>;
  assert.equal(logged['name'], 'TypeError');
  assert.equal(logged['code'], 'ECONNREFUSED');
  assert.match(logged['detail'] ?? '', /^TypeError: connect redis:\/\/\*\*\*@127\.0\.0\.1/);
  assert.ok(!written.join('').includes('hunter2') && written.join('').length < 3000);
});

test('fields with the name of a secret are not written', () => {
  const { log, written } = recordedLog('debug');
  log.info({ subject: secret, header: { subject: secret, body: secret }, password: secret }, 'x');
  assert.ok(!written.join('').includes(secret));
});

test('the level decides what is written', () => {
  const { log, lines } = recordedLog('warn');
  log.info('no');
  log.warn('yes');
  assert.deepEqual(
    lines().map((line) => line['msg']),
    ['yes'],
  );
});

test('a next hop that relays for strangers is a warning and a gauge', async () => {
  const { metrics, events, lines } = recorder();
  events.relayTested('127.0.0.1:25', { kind: 'refused', reply: '554 5.7.1 Relay access denied' });
  events.relayTested('127.0.0.1:25', { kind: 'unproven', why: 'it is down' });
  assert.deepEqual(await moved(metrics), []);
  assert.deepEqual(lines(), []);
  events.relayTested('127.0.0.1:26', { kind: 'accepted', reply: '250 2.1.5 Ok' });
  assert.deepEqual(await moved(metrics), ['aliaswatch_open_relay_suspected 1']);
  const [line] = lines();
  assert.equal(line?.['level'], 'warn');
  assert.equal(line['nextHop'], '127.0.0.1:26');
});

test('attachments are counted by outcome, and a reader that was stopped is a warning', async () => {
  const { metrics, events, lines } = recorder();
  events.attachmentRead('image', 'read', null);
  events.attachmentRead('image', 'read', null);
  assert.deepEqual(lines(), []);
  events.attachmentRead('pdf', 'timeout', new Error('longer than 1000 ms'));
  assert.deepEqual(await moved(metrics), [
    'aliaswatch_attachments_total{kind="image",outcome="read"} 2',
    'aliaswatch_attachments_total{kind="pdf",outcome="timeout"} 1',
  ]);
  const [line] = lines();
  assert.deepEqual(
    [line?.['level'], line?.['kind'], line?.['outcome']],
    ['warn', 'pdf', 'timeout'],
  );
});

test('no event throws, not even with a log and metrics that do', () => {
  const explode = () => {
    throw new Error('broken');
  };
  const broken = new Proxy({}, { get: explode });
  const events = recordEvents(broken as never, broken as never);
  events.transactionCompleted(completed);
  events.transactionCompleted({} as never);
  events.stageMeasured('parse', NaN);
  events.failedOpen('bug', new Error(), id);
  events.messageHeld(id, '', 1);
  events.holdFailed(new Error(), id);
  events.lessonLost(new Error(), id);
  events.attachmentRead('pdf', 'timeout', new Error());
  events.relayTested('127.0.0.1:25', { kind: 'refused', reply: '' });
  events.clientNotTold('127.0.0.1:25', 'auto');
});

test('a bound on holds that is reached is said once a minute, and every message counts', async () => {
  const { metrics, events, lines } = recorder();
  const at = (seconds: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, seconds));
  for (const seconds of [0, 1, 59, 60, 61, 200])
    events.holdCapped(`id-${seconds}`, 1000, at(seconds));
  assert.deepEqual(await moved(metrics), ['aliaswatch_holds_capped_total 6']);
  assert.deepEqual(
    lines().map(({ level, id, maxHeldPerHour, messages }) => [level, id, maxHeldPerHour, messages]),
    [
      ['error', 'id-0', 1000, 1],
      ['error', 'id-60', 1000, 3],
      ['error', 'id-200', 1000, 2],
    ],
  );
});

test('conditions are counted, and one that cannot be asked is said once an hour', async () => {
  const { metrics, events, lines } = recorder();
  metrics.rulesActivated({
    version: '4f1c00aa11bb',
    aliases: [],
    conditions: [{ id: 'refund' }, { id: 'broken' }],
  });
  const conditionFailures = [{ condition: 'broken', error: 'index out of bounds' }];
  const decision = { ...completed.decision, conditions: ['refund', 'unheard-of'] };
  const at = (minutes: number) => ({
    ...completed.transaction,
    receivedAt: new Date(Date.UTC(2026, 10, 22, 10, minutes)),
  });
  for (const minutes of [0, 30, 59, 61])
    events.transactionCompleted({
      ...completed,
      transaction: at(minutes),
      decision,
      conditionFailures,
    });
  const found = (await moved(metrics)).filter((line) => line.includes('_condition_'));
  assert.deepEqual(found, [
    'aliaswatch_condition_errors_total{condition="broken"} 4',
    'aliaswatch_condition_matches_total{condition="_other"} 4',
    'aliaswatch_condition_matches_total{condition="refund"} 4',
  ]);
  const said = lines().filter(({ condition }) => condition === 'broken');
  assert.deepEqual(
    said.map(({ level, problem }) => [level, problem]),
    [
      ['warn', 'index out of bounds'],
      ['warn', 'index out of bounds'],
    ],
  );
  const [first] = lines().filter(({ msg }) => msg === 'transaction');
  assert.deepEqual(first?.['conditions'], ['refund', 'unheard-of']);
});
