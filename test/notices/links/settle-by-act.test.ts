import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRequests } from '../../../src/notices/links/recipient-requests.ts';
import { settleByAct } from '../../../src/notices/links/settle-by-act.ts';
import { openNoticesFile } from '../../../src/notices/notices-file.ts';
import type { Act, Effect } from '../../../src/review/review.ts';
import { clock, messageId } from '../samples.ts';

const ann = 'ann@example.test';
const bob = 'bob@example.test';

/** What becomes of what Ann asks for and of what Bob reports. */
function settled(kind: Act['kind'], effect: Omit<Effect, 'message' | 'detail'>) {
  using database = openNoticesFile(':memory:');
  const requests = createRequests(database);
  const { now } = clock();
  requests.add({ kind: 'release', message: messageId, recipient: ann }, now());
  requests.add({ kind: 'report', message: messageId, recipient: bob }, now());
  const act: Act = {
    id: 'a1',
    kind,
    by: { kind: 'operator', name: 'olga', via: 'console' },
    at: now().toISOString(),
    reason: 'known sender',
    subject: messageId,
    effects: [{ message: messageId, detail: '', ...effect }],
    undoneBy: null,
  };
  settleByAct(requests, { act, undone: null, at: now() });
  const all = requests.list('all', { limit: 10 });
  const of = (wanted: 'release' | 'report') => all.find((request) => request.kind === wanted)!;
  return { release: of('release'), report: of('report') };
}

const has = (recipient: string) => ({ recipient, outcome: 'delivered', reply: '250 Ok' }) as const;
const not = (recipient: string) => ({ recipient, outcome: 'refused', reply: '450' }) as const;

test('released: the wish is granted, the report declined, by whom and why', () => {
  const { release, report } = settled('release', {
    outcome: 'done',
    recipients: [has(ann), has(bob)],
  });
  assert.deepEqual([release.state, report.state], ['granted', 'declined']);
  assert.deepEqual([release.closedBy, release.detail], ['olga', 'known sender']);
});

test('released to some, or to nobody: the others still wait', () => {
  const some = settled('release', { outcome: 'partly', recipients: [not(ann), has(bob)] });
  assert.deepEqual([some.release.state, some.report.state], ['open', 'declined']);
  const nobody = settled('release', { outcome: 'refused', recipients: [not(ann), not(bob)] });
  assert.deepEqual([nobody.release.state, nobody.report.state], ['open', 'open']);
});

test('deleted, also by somebody who was killed before it was settled', () => {
  for (const outcome of ['done', 'already'] as const) {
    const { release, report } = settled('delete', { outcome });
    assert.deepEqual([release.state, report.state], ['declined', 'granted']);
  }
});

test('neither: a delete that was refused, and acts that decide about no copy', () => {
  for (const [kind, outcome] of [
    ['delete', 'refused'],
    ['confirm-attack', 'done'],
    ['undo', 'done'],
  ] as const) {
    const { release, report } = settled(kind, { outcome });
    assert.deepEqual([release.state, report.state], ['open', 'open'], kind);
  }
});

test('a delete that is taken back leaves open what it had settled, and nothing else', () => {
  using database = openNoticesFile(':memory:');
  const requests = createRequests(database);
  const { now, pass } = clock();
  const by = { kind: 'operator', name: 'olga', via: 'console' } as const;
  const done = [{ message: messageId, outcome: 'done', detail: '' }] as const;
  const actOf = (kind: Act['kind'], effects: readonly Effect[]): Act => ({
    ...{ id: 'a1', kind, by, at: now().toISOString(), reason: 'spam' },
    ...{ subject: messageId, effects, undoneBy: null },
  });
  requests.add({ kind: 'report', message: messageId, recipient: bob }, now());
  const [report] = requests.about(messageId);
  requests.close(report!.id, { state: 'declined', by: 'otto', detail: 'harmless', at: now() });
  pass(1000);
  requests.add({ kind: 'release', message: messageId, recipient: ann }, now());
  const deleted = actOf('delete', done);
  settleByAct(requests, { act: deleted, undone: null, at: now() });
  assert.deepEqual(requests.about(messageId), []);
  pass(1000);
  const kept = [{ message: messageId, outcome: 'missing', detail: 'purged' }] as const;
  settleByAct(requests, { act: actOf('undo', kept), undone: deleted, at: now() });
  assert.deepEqual(requests.about(messageId), [], 'the message is not back');
  settleByAct(requests, { act: actOf('undo', done), undone: deleted, at: now() });
  const open = requests.about(messageId);
  assert.deepEqual(
    open.map(({ kind, recipient, closedAt, closedBy, detail }) => [
      ...[kind, recipient, closedAt, closedBy, detail],
    ]),
    [['release', ann, null, '', '']],
  );
});
