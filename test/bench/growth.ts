import { parseArgs } from 'node:util';
import { isInstalled } from '../support/installed.ts';
import { growthText } from './growth/growth-report.ts';
import { measureGrowth } from './growth/measure-growth.ts';
import type { Spread } from './growth/pick-alias.ts';
import type { StoreKind } from './growth/store-under-test.ts';

const help = `Usage: node test/bench/growth.ts [options]

What one more message costs a store that has grown large, beside one that has not: CPU of our process and of the
Redis server, bytes on the wire, bytes kept per alias. Read the ratios.

  --aliases N     of the large state (default 10000)
  --messages N    learned by it (default 1000000)
  --copies N      aliases that get a copy of what one has learned (default 200; must divide the aliases)
  --full          no copies: every message is observed, scored and learned
  --store KIND    sqlite, redis; both where absent
  --spread KIND   skewed (alias k has 1/k of the mail, the default) or even (the worst case for caches)
  --days N        that the messages are spread over (default 30)
  --rounds N      measured rounds (default 5)
  --per-round N   messages of each kind measured in a round, in each state (default 300)
  --json          figures alone
`;

const { values: options } = parseArgs({
  options: {
    aliases: { type: 'string' },
    messages: { type: 'string' },
    copies: { type: 'string' },
    full: { type: 'boolean', default: false },
    store: { type: 'string' },
    spread: { type: 'string', default: 'skewed' },
    days: { type: 'string', default: '30' },
    rounds: { type: 'string', default: '5' },
    'per-round': { type: 'string', default: '300' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) process.stdout.write(help);
else await run();

async function run(): Promise<void> {
  const large = {
    aliases: Number(options.aliases ?? 10_000),
    messages: Number(options.messages ?? 1_000_000),
  };
  const stores =
    options.store === undefined ? (['sqlite', 'redis'] as const) : [options.store as StoreKind];
  const figures = [];
  for (const store of stores) {
    if (store === 'redis' && !isInstalled('redis-server')) {
      process.stderr.write('redis-server is not installed: Redis is left out\n');
      continue;
    }
    const growth = await measureGrowth({
      ...{ store, large, small: { aliases: 10, messages: 1000 } },
      copies: options.full ? 1 : Number(options.copies ?? 200),
      spread: options.spread as Spread,
      days: Number(options.days),
      rounds: Number(options.rounds),
      perRound: Number(options['per-round']),
      onProgress: (what) => {
        if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${store}: ${what}`);
      },
    });
    figures.push(growth);
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    if (!options.json) process.stdout.write(growthText(growth));
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ growth: figures })}\n`);
}
