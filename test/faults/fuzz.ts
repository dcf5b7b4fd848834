import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseArgs } from 'node:util';
import { runFuzz } from './run-fuzz.ts';

// node test/faults/fuzz.ts --sessions 20000 [--clients 16] [--seed 1]
const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '20000' },
    clients: { type: 'string', default: '16' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
setFlagsFromString('--expose-gc');
const startedMs = performance.now();
const seed = Number(values.seed);
const run = await runFuzz({
  sessions: Number(values.sessions),
  clients: Number(values.clients),
  seed,
  collect: runInNewContext('gc') as () => void,
});
const seconds = Math.round((performance.now() - startedMs) / 1000);
const { uncaught, violations, errors, heapMegabytes, rssMegabytes } = run;
process.stdout.write(
  [
    `seed ${seed}, ${seconds} s`,
    `sessions             ${run.sessions}`,
    `messages completed   ${run.completed}`,
    `replies              ${JSON.stringify(run.replies)}`,
    `uncaught exceptions  ${uncaught.length} ${uncaught.map(String).slice(0, 5).join('; ')}`,
    `leaked sockets       ${run.leakedSockets}`,
    `violations           ${violations.length} ${violations.slice(0, 5).join('; ')}`,
    `reported errors      ${errors.join('; ') || 'none'}`,
    `heap MB by tenths    ${heapMegabytes.join(' ')}`,
    `RSS MB by tenths     ${rssMegabytes.join(' ')}`,
    '',
  ].join('\n'),
);
if (uncaught.length > 0 || run.leakedSockets !== 0 || violations.length > 0) process.exitCode = 1;
