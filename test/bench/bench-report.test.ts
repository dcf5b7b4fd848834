import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { ratiosOf } from './bench-report.ts';
import { sampleReport } from './sample-report.ts';
import { isMet, targetsOf } from './targets.ts';

void test('ratios compare watched mail on Redis, and are null for a filter that is not installed', () => {
  deepEqual(sampleReport().ratios, {
    unwatchedCpuVsBareAuth: 1.1,
    watchedSqliteCpuVsBareAuth: 2.5,
    watchedRedisCpuVsBareAuth: 2,
    throughputVsBare: 0.2,
    throughputVsBareAuth: 0.6,
    throughputVsHaraka: 1.5,
    throughputVsRspamd: 4,
    throughputVsSpamassassin: null,
    smallP99BesideLarge: 1.5,
    authenticateCpuVsMailauth: 1,
    workersVsOne: 1.75,
    soakLastVsFirst: null,
  });
});

void test('a run of other parts has the same ratios, all null', () => {
  const none = ratiosOf(new Map(), { interference: null, workers: null, soak: null, stages: null });
  deepEqual(new Set(Object.values(none)), new Set([null]));
  deepEqual(Object.keys(none), Object.keys(sampleReport().ratios));
});

void test('targets say whether they are met, or that it was not measured', () => {
  const met = targetsOf(sampleReport()).map(isMet);
  deepEqual(met, [true, false, false, false, true, true, true, false, true, true]);
  const report = { ...sampleReport(), latency: null, memory: null };
  deepEqual(
    targetsOf(report)
      .map(isMet)
      .filter((is) => is === null).length,
    3,
  );
});
