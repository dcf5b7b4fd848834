import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readQuarantineQuery } from '../../../src/console/pages/quarantine-query.ts';

test('a day that is named as the last one is meant to its end', () => {
  const { filter } = readQuarantineQuery({ since: '2026-11-01', until: '2026-11-30' });
  assert.deepEqual(filter, {
    since: '2026-11-01T00:00:00.000Z',
    until: '2026-12-01T00:00:00.000Z',
  });
});

test('what is not a value of its field is left out, and said to be', () => {
  const { filter, ignored } = readQuarantineQuery({
    state: 'gone',
    until: '2026-02-30',
    text: 'a',
  });
  assert.deepEqual(filter, { text: 'a' });
  assert.deepEqual(ignored, ['state', 'until']);
});
