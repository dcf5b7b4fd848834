import { equal, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { flameGraph, type CpuProfile } from './flame-graph.ts';

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 4 });
const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 3, 5] },
    { id: 2, callFrame: frame('(idle)') },
    { id: 3, callFrame: frame('take', 'file:///app/src/take.ts'), children: [4] },
    { id: 4, callFrame: frame('parse<T>', 'file:///app/node_modules/parser/parse.js') },
    { id: 5, callFrame: frame('rare') },
  ],
  samples: [2, 3, 4, 4, 5],
  timeDeltas: [50_000, 1000, 2000, 1000, 1],
};

void test('each function is as wide as the time in it and below it; idle time is none', () => {
  const svg = flameGraph(profile, 'gateway');
  match(svg, /gateway: 4 ms of work/);
  match(svg, /<title>take take\.ts:5: 4\.0 ms, 100\.0 %<\/title>/);
  match(svg, /<title>parse&lt;T&gt; parse\.js:5: 3\.0 ms, 75\.0 %<\/title>.*width="1199\.7"/);
  ok(!svg.includes('(idle)'));
});

void test('what is too narrow to be seen is left out, and a profile of nothing is a picture of nothing', () => {
  ok(!flameGraph(profile, '').includes('rare'));
  equal(flameGraph({ nodes: [], samples: [], timeDeltas: [] }, '').includes('<rect'), false);
});
