import { deepEqual, equal, match, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { benchCommand, usualParts, type BenchOptions } from './bench-options.ts';
import { subjectNames } from './bench-report.ts';

const read = (...argv: readonly string[]) =>
  benchCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
    .parse(argv, { from: 'user' })
    .opts<BenchOptions>();

void test('without flags everything usual is measured, with the filters that are there', () => {
  const { only, rounds, peers, installPeers, haraka, soak, profile, json } = read();
  deepEqual(only, usualParts);
  deepEqual(
    { rounds, peers, installPeers, haraka, soak, profile, json },
    {
      ...{ rounds: 5, peers: true, installPeers: false, haraka: null },
      ...{ soak: null, profile: null, json: false },
    },
  );
});

void test('parts and subjects are chosen by name', () => {
  const { only, subjects, peers } = read(
    ...['--only', 'latency,stages', '--subjects', 'bare relay, unwatched', '--no-peers'],
  );
  deepEqual(
    { only, subjects, peers },
    {
      only: ['latency', 'stages'],
      subjects: ['bare relay', 'unwatched'],
      peers: false,
    },
  );
  deepEqual(
    read('--subjects', Object.values(subjectNames).join(',')).subjects,
    Object.values(subjectNames),
  );
  throws(() => read('--only', 'speed'), /throughput, sizes/);
  throws(() => read('--subjects', 'unwatched,sendmail'), /bare relay/);
});

void test('JSON goes to standard output or to a file', () => {
  equal(read('--json').json, true);
  equal(read('--json', 'bench.json').json, 'bench.json');
});

void test('what is no number is refused with what to write', () => {
  for (const value of ['0', '-1', 'many', '1.5'])
    throws(() => read('--rounds', value), /whole number/);
});

void test('the help tells every flag, and how to get the other filters', () => {
  const help = benchCommand().helpInformation();
  for (const { long, description } of benchCommand().options) {
    match(help, new RegExp(String(long)));
    match(description, /\S/);
  }
});
