import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openHeldMail } from '../../src/quarantine/open-held-mail.ts';
import { newTransactionId } from '../../src/smtp/transaction-id.ts';
import { content, heldMessage, prefix } from '../quarantine/samples.ts';

/** How a full quarantine answers: wall time of what the console and the commands ask, and what the process takes. */
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    messages: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '60' },
  },
});
const [messages, rounds] = [Number(options.messages), Number(options.rounds)];
const aliases = ['vendor-billing', 'vendor-share', 'vendor-login', 'other-vendor'];
const firstMs = Date.UTC(2026, 0, 1);
const everyMs = 20_000;
/** Clients that send at the same time. */
const atOnce = 32;

const folder = await mkdtemp(join(tmpdir(), 'aliaswatch-bench-'));
await using cleanup = new AsyncDisposableStack();
cleanup.defer(() => rm(folder, { recursive: true, force: true }));
const quarantine = cleanup.use(
  await openHeldMail({
    directory: join(folder, 'quarantine'),
    store: `sqlite:${join(folder, 'baselines.db')}`,
    storeTimeoutMs: 1000,
    keyFile: null,
    maxBytes: null,
    onIndexFailed: (error) => {
      throw error;
    },
  }),
);

const megabytes = () => Math.round(process.memoryUsage().rss / 1_048_576);
const ids: string[] = [];
const holdingMs = await timed(async () => {
  for (let number = 0; number < messages; number += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, messages - number) }, (_, i) => number + i);
    await Promise.all(some.map(hold));
  }
});
await quarantine.list({}, { limit: 1 });
const restingMegabytes = megabytes();

const pageOf = { limit: 50 };
const middle = (await quarantine.list({}, { limit: 500 })).next ?? '';
const [alias = ''] = aliases;
const calls: Readonly<Record<string, (round: number) => Promise<unknown>>> = {
  'list, first page': () => quarantine.list({}, pageOf),
  'list, a later page': () => quarantine.list({}, { ...pageOf, after: middle }),
  'of one alias': () => quarantine.list({ alias }, pageOf),
  'of one recipient': () => quarantine.list({ recipient: 'ann@example.test' }, pageOf),
  'words of the subject': () => quarantine.list({ text: 'contoso' }, pageOf),
  'words that nothing has': () => quarantine.list({ text: 'nowhere' }, pageOf),
  'of a day': () =>
    quarantine.list(
      {
        since: new Date(firstMs + 86_400_000).toISOString(),
        until: new Date(firstMs + 2 * 86_400_000).toISOString(),
      },
      pageOf,
    ),
  'open one': (round) => quarantine.find(ids[(round * 7919) % ids.length] ?? ''),
};
const figures: Record<string, { readonly p50Ms: number; readonly p95Ms: number }> = {};
for (const [name, call] of Object.entries(calls)) {
  const took: number[] = [];
  for (let round = 0; round < rounds; round++) took.push(await timed(() => call(round)));
  took.sort((a, b) => a - b);
  const at = (share: number) => Number((took[Math.floor(share * took.length)] ?? 0).toFixed(1));
  figures[name] = { p50Ms: at(0.5), p95Ms: at(0.95) };
}
const memory = { heldMegabytes: restingMegabytes, askedMegabytes: megabytes() };
const reindexMs = Math.round(await timed(() => quarantine.reindex()));
const report = {
  messages,
  holdingPerSecond: Math.round((messages * 1000) / holdingMs),
  reindexMs,
  memory,
  calls: figures,
};
if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
else {
  process.stdout.write(
    `${messages} held messages (${report.holdingPerSecond} held a second, compared with the index in ${reindexMs} ms, ${memory.heldMegabytes} MB, ${memory.askedMegabytes} MB after all calls)\n`,
  );
  for (const [name, { p50Ms, p95Ms }] of Object.entries(figures))
    process.stdout.write(`${name.padEnd(26)} p50 ${p50Ms} ms   p95 ${p95Ms} ms\n`);
}

async function hold(number: number): Promise<void> {
  const at = new Date(firstMs + number * everyMs);
  const id = newTransactionId(at);
  ids.push(id);
  const held = heldMessage({
    id,
    heldAt: at.toISOString(),
    alias: aliases[number % aliases.length] ?? '',
    subject: `Invoice ${number} from ${number % 97 === 0 ? 'Contoso' : 'a customer'}`,
  });
  await quarantine.hold(held, prefix, content);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
