import { planOf, sites, type Measured, type Plan, type Site } from './scale-model.ts';

const [start, end] = ['<!-- written by test/bench/scale.ts -->', '<!-- end -->'];

/** The page with its tables as the figures have them. */
export function withTables(page: string, measured: Measured): string {
  const [before = '', rest = ''] = page.split(start);
  const after = rest.slice(rest.indexOf(end));
  if (after === '' || !rest.includes(end)) throw new Error(`the page has no ${start} … ${end}`);
  return `${before}${start}\n\n${tables(measured)}\n${after}`;
}

function tables(measured: Measured): string {
  const { front, redis, ratios, on } = measured;
  const costs = table(
    ['Measured', 'Figure'],
    [
      [
        `CPU of one process, unwatched message of ${round(front.bytes)} bytes`,
        ms(front.unwatchedCpuMs),
      ],
      [`the same, watched, on Redis`, ms(front.watchedCpuMs)],
      ['peak memory of one process', bytes(front.peakBytes)],
      ['CPU of the Redis server, watched message', ms(redis.watched.serverCpuMs)],
      ['the same, unwatched', ms(redis.unwatched.serverCpuMs)],
      ['commands that Redis runs, those of scripts counted, watched / unwatched', `${round(redis.watched.commands)} / ${round(redis.unwatched.commands)}`], // prettier-ignore
      ['bytes to and from Redis, watched', `${bytes(redis.watched.commandBytes)} and ${bytes(redis.watched.replyBytes)}`], // prettier-ignore
      ['the same, unwatched', `${bytes(redis.unwatched.commandBytes)} and ${bytes(redis.unwatched.replyBytes)}`], // prettier-ignore
      ['memory of Redis per alias, 100 messages each', bytes(redis.bytesPerAlias)],
      ["memory of the organization's ledgers", bytes(redis.organizationBytes)],
      ['10,000 aliases / 1 M messages by 10 / 1,000: CPU of our process, SQLite', `${round(ratios.sqliteCpu)}×`], // prettier-ignore
      ['the same, Redis', `${round(ratios.redisCpu)}×`],
      ['the same, CPU of the Redis server', `${round(ratios.redisServerCpu)}×`],
    ],
  );
  const plans = sites.map((site) => [site, planOf(site, measured)] as const);
  const needs = table(
    ['', ...sites.map(({ messagesPerDay }) => `${round(messagesPerDay)} a day`)],
    rows.map(([title, cell]) => [title, ...plans.map(([site, plan]) => cell(plan, site))]),
  );
  return `Measured ${on}.\n\n${costs}\n${needs}`;
}

const rows: readonly (readonly [string, (plan: Plan, site: Site) => string])[] = [
  ['watched aliases', (_, { aliases }) => round(aliases)],
  ['messages a second at the peak', ({ peakPerSecond }) => round(peakPerSecond)],
  ['cores that take mail', ({ cores }) => round(cores)],
  ['nodes of 8 cores, one to spare', ({ nodes }) => round(nodes)],
  [
    'commands that Redis runs a second',
    ({ redisCommandsPerSecond }) => round(redisCommandsPerSecond),
  ],
  ['Redis masters, each with a replica', ({ shards }) => round(shards)],
  ['busiest alias, of a core of its master', ({ busiestAliasCores }, { busyShare }) => `${percent(busiestAliasCores)}${busiestAliasCores > busyShare ? ' **(too much)**' : ''}`], // prettier-ignore
  ['memory of all masters', ({ redisBytes }) => bytes(redisBytes)],
  ['the same, every alias at its caps', ({ redisBytesAtCaps }) => bytes(redisBytesAtCaps)],
  ['mail in and out', ({ mailBitsPerSecond }) => bits(mailBitsPerSecond)],
  ['to and from Redis', ({ redisBitsPerSecond }) => bits(redisBitsPerSecond)],
];

function table(heads: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return `${line(heads)}|---|${'---:|'.repeat(heads.length - 1)}\n${body.map(line).join('')}`;
}

/** Three digits that count. */
function round(value: number): string {
  const format = { notation: value >= 1e5 ? 'compact' : 'standard', maximumSignificantDigits: 3 };
  return new Intl.NumberFormat('en', format as Intl.NumberFormatOptions).format(value);
}

function scaled(value: number, base: number, units: readonly string[]): string {
  const power = Math.min(
    units.length - 1,
    Math.floor(Math.log(Math.max(value, 1)) / Math.log(base)),
  );
  return `${round(value / base ** power)} ${units[power]}`;
}

function bytes(value: number): string {
  return scaled(value, 1024, ['B', 'KB', 'MB', 'GB', 'TB']);
}

function bits(value: number): string {
  return scaled(value, 1000, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s']);
}

function ms(value: number): string {
  return `${round(value)} ms`;
}

function percent(share: number): string {
  return `${round(100 * share)} %`;
}
