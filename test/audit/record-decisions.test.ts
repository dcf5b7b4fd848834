import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Decision } from '../../src/decision/decision.ts';
import type { AuditLog, AuditRecord } from '../../src/audit/audit-log.ts';
import { openAuditReader } from '../../src/audit/read-audit.ts';
import { recordDecisions } from '../../src/audit/record-decisions.ts';
import { recordRules } from '../../src/audit/record-rules.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { recordEvents } from '../../src/observability/record-events.ts';
import { completed, recordedLog, secret } from '../observability/samples.ts';
import { open, temporaryDirectory } from './samples.ts';

function recorder(audit: AuditLog) {
  const metrics = createMetrics('0.1.0');
  const { log, lines } = recordedLog('info');
  const base = recordEvents(metrics, log);
  const events = recordDecisions(base, audit, { host: 'mx.example', onLost: base.auditLost });
  return { metrics, events, base, lines };
}

function decided(changes: Partial<Decision>) {
  return { ...completed, decision: { ...completed.decision, ...changes } };
}

test('every decision above pass is on record, also one that the mode did not carry out', () => {
  const records: AuditRecord[] = [];
  const { events, lines } = recorder({
    append: (record) => (records.push(record), Promise.resolve()),
  });
  for (const action of ['tag', 'quarantine', 'defer', 'reject'] as const)
    events.transactionCompleted(decided({ action, effectiveAction: action }));
  events.transactionCompleted(decided({ action: 'quarantine', effectiveAction: 'pass' }));
  events.transactionCompleted(decided({ action: 'pass', effectiveAction: 'pass' }));
  assert.deepEqual(
    records.map(({ act, facts }) => [act, facts['action'], facts['effectiveAction']]),
    [
      ['decision', 'tag', 'tag'],
      ['decision', 'quarantine', 'quarantine'],
      ['decision', 'defer', 'defer'],
      ['decision', 'reject', 'reject'],
      ['decision', 'quarantine', 'pass'],
    ],
  );
  assert.equal(lines().length, 6); // the events themselves go on as before
});

test('a mail server that asked us knows the message by its queue id: so do log and record', () => {
  const records: AuditRecord[] = [];
  const { events, lines } = recorder({
    append: (record) => (records.push(record), Promise.resolve()),
  });
  const completed = decided({ action: 'quarantine', effectiveAction: 'quarantine' });
  const transaction = { ...completed.transaction, queueId: '4QxYzA' };
  events.transactionCompleted({ ...completed, transaction });
  assert.equal(records[0]?.facts['queueId'], '4QxYzA');
  assert.match(JSON.stringify(lines()), /"queueId":"4QxYzA"/);
});

test('what is held, the breaker, and rules that come into force', async (t) => {
  const directory = await temporaryDirectory(t);
  {
    await using audit = open(directory);
    const { events, base } = recorder(audit);
    events.messageHeld('0mh2q7k1c4x9p0zv5t3b', 'vendor-billing', 24);
    events.breakerOpened({ atMs: 0, cause: 'signal', reason: '3 of 4 aliases were flagged' });
    events.breakerClosed('signal');
    recordRules(
      audit,
      { version: '4f1c00aa11bb', aliases: [1, 2], policy: { mode: 'tag' } },
      { host: 'mx.example', onLost: base.auditLost },
    );
  }
  const records = await openAuditReader(directory).list({}, 10);
  assert.deepEqual(records.map(({ act, subject, facts }) => [act, subject, facts]).toReversed(), [
    ['held', '0mh2q7k1c4x9p0zv5t3b', { alias: 'vendor-billing', sizeBytes: 24 }],
    ['breaker-opened', '', { cause: 'signal' }],
    ['breaker-closed', '', { cause: 'signal' }],
    ['rules-activated', '4f1c00aa11bb', { mode: 'tag', aliases: 2, stage: 'enforce' }],
  ]);
});

test('neither the message nor a person is in the line', async (t) => {
  const directory = await temporaryDirectory(t);
  {
    await using audit = open(directory);
    recorder(audit).events.transactionCompleted(completed);
  }
  const name = (await readdir(directory)).find((file) => file.endsWith('.jsonl'))!;
  const line = await readFile(join(directory, name), 'utf8');
  for (const personal of [secret, 'ann@example.test', 'billing@vendor.test', '192.0.2.10'])
    assert.ok(!line.includes(personal), personal);
  const [decision] = await openAuditReader(directory).list({}, 1);
  assert.deepEqual(
    [decision?.personal['recipient1'], decision?.personal['subjectField']],
    ['ann@example.test', secret],
  );
});

test('a record that cannot be written is counted, and the event returns at once', async () => {
  const { events, metrics, lines } = recorder({
    append: () => Promise.reject(new Error('ENOSPC')),
  });
  events.messageHeld('0mh2q7k1c4x9p0zv5t3b', 'vendor-billing', 24);
  await new Promise(setImmediate);
  assert.match(await metrics.registry.metrics(), /^aliaswatch_audit_lost_total 1$/m);
  assert.deepEqual(
    lines().map(({ msg }) => msg),
    ['message held', 'not recorded in the audit log'],
  );
});

test('the published head is a log line and two numbers that name it', async () => {
  const { events, metrics, lines } = recorder({ append: () => Promise.resolve() });
  const hash = `0123456789ab${'c'.repeat(52)}`;
  events.auditHead({ writer: 'mx-00112233-1', sequence: 7, hash, at: '2026-03-05T06:07:08.000Z' });
  const exposed = await metrics.registry.metrics();
  assert.match(exposed, /^aliaswatch_audit_head_sequence 7$/m);
  assert.match(exposed, new RegExp(`^aliaswatch_audit_head_hash 1250999896491$`, 'm'));
  assert.deepEqual(
    lines().map(({ msg, writer, sequence, hash: logged }) => [msg, writer, sequence, logged]),
    [['audit head', 'mx-00112233-1', 7, hash]],
  );
});
