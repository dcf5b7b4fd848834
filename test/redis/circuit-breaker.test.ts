import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CircuitBreaker } from '../../src/redis/circuit-breaker.ts';

function breaker(): CircuitBreaker {
  return new CircuitBreaker({ failures: 3, openMs: 1000, longestOpenMs: 3000 });
}

function openedAt(nowMs: number): CircuitBreaker {
  const opened = breaker();
  for (let i = 0; i < 3; i++) opened.failed(nowMs);
  return opened;
}

test('it opens after so many failures in a row, and not before', () => {
  const subject = breaker();
  for (const event of ['failed', 'failed', 'succeeded', 'failed', 'failed'] as const) {
    subject[event](0);
    assert.ok(subject.allows(0));
  }
  subject.failed(0);
  assert.ok(!subject.allows(0));
  assert.ok(!subject.allows(999));
});

test('once the time is over one probe is let through, and its success closes it', () => {
  const subject = openedAt(0);
  assert.ok(subject.allows(1000));
  assert.ok(!subject.allows(1001), 'a second caller waits for the probe');
  subject.succeeded();
  assert.ok(subject.allows(1002));
  subject.failed(1003);
  assert.ok(subject.allows(1004), 'it counts from the start again');
});

test('each failed probe doubles the time, up to the longest', () => {
  const subject = openedAt(0);
  let now = 1000;
  for (const openMs of [2000, 3000, 3000]) {
    assert.ok(subject.allows(now));
    subject.failed(now);
    assert.ok(!subject.allows(now + openMs - 1));
    now += openMs;
  }
  assert.ok(subject.allows(now));
});

test('late failures of calls made before it opened do not keep it open', () => {
  const subject = openedAt(0);
  for (let i = 0; i < 50; i++) subject.failed(900);
  assert.ok(subject.allows(1000));
});

test('a probe that never answers is followed by another one', () => {
  const subject = openedAt(0);
  assert.ok(subject.allows(1000));
  assert.ok(!subject.allows(1999));
  assert.ok(subject.allows(2000));
});
