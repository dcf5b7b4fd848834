import { deepEqual, equal, ok } from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
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

void test(
  'what fails leaves the figures of the rest, and a run that is ended its folders empty',
  {
    skip: skipWithoutSmtpSink(),
  },
  async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'aliaswatch-bench-test-'));
    try {
      const flags = ['--only=throughput,latency', '--subjects=sink alone,bare relay,Haraka'];
      flags.push('--haraka', temporary, '--source', '--json', '--rounds=1', '--sessions=2');
      const program = join(import.meta.dirname, 'main.ts');
      const bench = async (messages: number, isUnderWay: (told: string) => boolean) => {
        const child = spawn(process.execPath, [program, ...flags, `--messages=${messages}`], {
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { ...process.env, TMPDIR: temporary, PATH: '' },
        });
        let told = '';
        child.stderr.on('data', (chunk: Buffer) => {
          const wasUnderWay = isUnderWay(told);
          told += chunk.toString();
          if (!wasUnderWay && isUnderWay(told)) child.kill();
        });
        const exited = once(child, 'exit') as Promise<[number | null]>;
        const report = JSON.parse(await text(child.stdout)) as BenchReport;
        const [code] = await exited;
        return { code, report };
      };
      const failing = await bench(5, () => false);
      equal(failing.code, 1);
      deepEqual(failing.report.failed, ['Haraka']);
      deepEqual(Object.keys(failing.report.throughput ?? {}), ['sink alone', 'bare relay']);

      const ended = await bench(1_000, (told) => told.includes('throughput'));
      equal(ended.code, 143);
      deepEqual(ended.report.failed, ['Haraka', 'throughput']);
      deepEqual(await readdir(temporary), []);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  },
);
