import { deepEqual, equal, ok } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { skipWithoutSmtpSink } from '../support/smtp-sink.ts';
import type { BenchReport } from './bench-report.ts';

void test('a few messages through the whole bench', { skip: skipWithoutSmtpSink() }, async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'aliaswatch-bench-test-'));
  try {
    const flags = ['--only=throughput,latency', '--subjects=sink alone,bare relay,unwatched'];
    flags.push('--source', '--no-peers', '--json');
    flags.push('--rounds=1', '--messages=5', '--seconds=1', '--sessions=2');
    const program = join(import.meta.dirname, 'main.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...flags], {
      env: { ...process.env, TMPDIR: temporary },
    });
    const { throughput, latency, ratios } = JSON.parse(stdout) as BenchReport;
    deepEqual(Object.keys(throughput ?? {}), ['sink alone', 'bare relay', 'unwatched']);
    ok((throughput?.['unwatched']?.perSecond ?? 0) > 0);
    ok((latency?.['unwatched']?.p50Ms ?? 0) > 0);
    equal(ratios.throughputVsHaraka, null);
    deepEqual(await readdir(temporary), []);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
});
