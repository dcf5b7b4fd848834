import { parseArgs } from 'node:util';
import { allFaults } from './fault-list.ts';
import { formatSummary } from './ledger.ts';
import { runFaults } from './run-faults.ts';

// node test/faults/run.ts --messages 5000 [--clients 12] [--seed 1]
const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '5000' },
    clients: { type: 'string', default: '12' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const seed = Number(values.seed);
const startedMs = performance.now();
const { ledger, faults, leftOut, kills, starts } = await runFaults({
  messages: Number(values.messages),
  clients: Number(values.clients),
  seed,
  faults: allFaults,
  rounds: Infinity,
  quietMs: 500,
  onProgress: (done) => process.stderr.write(`${done} messages done\n`),
});
const seconds = Math.round((performance.now() - startedMs) / 1000);
const struck = [...faults].sort().map(([name, count]) => `\n    ${count} ${name}`);
const absent = [...leftOut].map(([name, reason]) => `\n    LEFT OUT ${name}: ${reason}`);
process.stdout.write(
  `seed ${seed}, ${seconds} s, ${starts} starts of the gateway, ${kills} of them ended by SIGKILL\nfaults${struck.join('')}${absent.join('')}\n${formatSummary(ledger)}\n`,
);
if (ledger.lost.length > 0 || ledger.unexplained.length > 0) process.exitCode = 1;
