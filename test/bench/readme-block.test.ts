import { equal, match, ok, throws } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { blockOf, replaceBlock, shapeOf } from './readme-block.ts';
import { renderReport } from './render-report.ts';
import { sampleReport } from './sample-report.ts';

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');

void test('the table of the README has the shape that the bench writes', () => {
  equal(shapeOf(blockOf(readme)), shapeOf(renderReport(sampleReport()).trim()));
});

void test('only what is between the marks is replaced', () => {
  const block = renderReport(sampleReport());
  const written = replaceBlock(readme, block);
  equal(blockOf(written), block.trim());
  equal(replaceBlock(written, blockOf(readme)), readme);
});

void test('a text without the marks, or with two pairs, is left alone', () => {
  throws(() => replaceBlock('# Readme\n', 'x'), /README\.md must have/);
  throws(() => replaceBlock(readme + readme, 'x'), /README\.md must have/);
});

void test('the shape is the same for other figures and a filter that was not run, and differs for other rows', () => {
  const { throughput, ...rest } = sampleReport();
  const shape = shapeOf(renderReport({ ...rest, throughput }));
  equal(shapeOf(renderReport({ ...rest, throughput: {} })), shape);
  equal(shapeOf(shape), shape);
  ok(shapeOf(renderReport({ ...rest, throughput, memory: {} })) !== shape);
});

void test('parts that were not run are left out', () => {
  const text = renderReport({ ...sampleReport(), sizes: null, workers: null });
  match(text, /SpamAssassin, scans only +\| +not run/);
  ok(!text.includes('by its size') && !text.includes('2 workers'));
});
