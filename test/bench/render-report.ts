import { subjectNames, type BenchReport } from './bench-report.ts';
import type { Figures } from './figures.ts';
import type { Places } from './parts/workers.ts';
import { isMet, targetsOf, type Target } from './targets.ts';

/** A report as Markdown, for the terminal and for the README; parts that were not run are left out. Pure. */
export function renderReport(report: BenchReport): string {
  const { throughput, sizes, latency, interference, memory, workers, soak, stages } = report;
  const parts = [
    heading(report),
    throughput && throughputTable(throughput, report),
    targetTable(targetsOf(report)),
    sizes && sizeTable(throughput, sizes, report),
    latency && latencyTable(latency),
    interference && interferenceTable(interference),
    memory && memoryTable(memory, report),
    workers && workersText(workers),
    soak && soakText(soak),
    stages && stageTable(stages),
  ];
  return `${parts.filter((part) => part !== null).join('\n\n')}\n`;
}

function heading({ at, machine, program, settings }: BenchReport): string {
  const { cpu, cores, node } = machine;
  return `Measured ${at.slice(0, 10)} on ${cores} cores (${cpu}) with Node ${node}, the gateway ${program === 'built' ? 'as built' : 'from source'}. Medians of ${settings.rounds} rounds; a ratio is taken within each round. Everything runs on loopback, the load and the DNS server on the same cores.`;
}

function throughputTable(throughput: Readonly<Record<string, Figures>>, report: BenchReport) {
  const { bytes, messages, sessions } = report.settings;
  const base = throughput[subjectNames.bareAuth]?.cpuMs;
  const rows = Object.values(subjectNames).map((name) => {
    const figures = throughput[name];
    if (figures === undefined) return [described(name), 'not run', '', '', '', ''];
    const { perSecond, cpuMs, p50Ms, p99Ms } = figures;
    const toBase = cpuMs === null || !base ? '' : fixed(cpuMs / base, 2);
    const cost = cpuMs === null ? '' : fixed(cpuMs, 2);
    return [described(name), fixed(perSecond, 0), cost, toBase, fixed(p50Ms, 1), fixed(p99Ms, 1)];
  });
  return `${messages} signed messages of ${sizeName(bytes)} over ${sessions} sessions, as fast as one process takes them (slow filters get fewer):\n\n${markdownTable(['', 'messages/s', 'CPU ms', '× relay + mailauth', 'p50 ms', 'p99 ms'], rows)}`;
}

/** What the row is, in more words than its name. */
function described(name: string): string {
  const words: Readonly<Record<string, string>> = {
    [subjectNames.sink]: 'smtp-sink alone',
    [subjectNames.bare]: 'smtp-server + nodemailer',
    [subjectNames.bareAuth]: 'the same + mailauth',
    [subjectNames.unwatched]: '**ours**, unwatched mail',
    [subjectNames.sqlite]: '**ours**, watched, SQLite',
    [subjectNames.redis]: '**ours**, watched, Redis',
    [subjectNames.haraka]: 'Haraka, spf + dkim, forwards',
    [subjectNames.rspamd]: 'rspamd, scans only',
    [subjectNames.spamassassin]: 'SpamAssassin, scans only',
  };
  return words[name] ?? name;
}

function targetTable(targets: readonly Target[]): string {
  const rows = targets.map((target) => {
    const { what, value, unit, bound } = target;
    const must = 'atMost' in bound ? `≤ ${bound.atMost}` : `≥ ${bound.atLeast}`;
    const met = isMet(target);
    const seen = value === null ? 'not run' : `${fixed(value, unit === 'MB' ? 0 : 2)} ${unit}`;
    return [what, seen, `${must} ${unit}`, met === null ? '' : met ? 'yes' : '**no**'];
  });
  return markdownTable(['', 'measured', 'must', 'met'], rows);
}

function sizeTable(
  throughput: BenchReport['throughput'],
  sizes: NonNullable<BenchReport['sizes']>,
  { settings }: BenchReport,
): string {
  const all: NonNullable<BenchReport['sizes']> = {
    ...(throughput && { [settings.bytes]: throughput }),
    ...sizes,
  };
  const lengths = Object.keys(all).map(Number);
  const measured = new Set(Object.values(all).flatMap((figures) => Object.keys(figures)));
  const { sink, rspamd, spamassassin } = subjectNames;
  const relays = Object.values(subjectNames).filter(
    (name) => ![sink, rspamd, spamassassin].some((other) => other === name),
  );
  const rows = relays.map((name) => [
    described(name),
    ...lengths.map((length) => {
      const cpuMs = all[`${length}`]?.[name]?.cpuMs;
      return measured.has(name) && typeof cpuMs === 'number' ? fixed(cpuMs, 2) : 'not run';
    }),
  ]);
  return `CPU ms of one message, by its size (from 2 MB on with a PDF):\n\n${markdownTable(['', ...lengths.map(sizeName)], rows)}`;
}

function latencyTable(latency: NonNullable<BenchReport['latency']>): string {
  const rows = Object.entries(latency).map(
    ([name, { perSecond, p50Ms, p99Ms, addedP50Ms, addedP99Ms }]) => [
      described(name),
      fixed(perSecond, 0),
      ...[p50Ms, p99Ms, addedP50Ms, addedP99Ms].map((ms) => fixed(ms, 1)),
    ],
  );
  return `Latency when mail arrives by itself (Poisson) at half of what it can take; added: over a bare relay at the same rate:\n\n${markdownTable(['', 'messages/s', 'p50 ms', 'p99 ms', 'added p50', 'added p99'], rows)}`;
}

function interferenceTable(interference: NonNullable<BenchReport['interference']>): string {
  const rows = Object.entries(interference).map(
    ([name, { perSecond, aloneP99Ms, besideLargeP99Ms, ratio }]) => [
      described(name),
      fixed(perSecond, 0),
      ...[aloneP99Ms, besideLargeP99Ms].map((ms) => fixed(ms, 1)),
      fixed(ratio, 2),
    ],
  );
  return `p99 of small mail at that load, alone and beside one message of 25 MB a second:\n\n${markdownTable(['', 'messages/s', 'alone ms', 'beside ms', 'ratio'], rows)}`;
}

function memoryTable(
  memory: NonNullable<BenchReport['memory']>,
  { settings }: BenchReport,
): string {
  const rows = Object.entries(memory).map(([name, { idleBytes, steadyBytes, peakBytes }]) => [
    described(name),
    ...[idleBytes, steadyBytes, peakBytes].map(megabytes),
  ]);
  return `Resident memory in MB at ${4 * settings.sessions} sessions of ${sizeName(settings.bytes)}:\n\n${markdownTable(['', 'before mail', 'under load', 'peak'], rows)}`;
}

function placesText(workers: number, { share, load }: Places): string {
  const own = share ?? 1;
  return `One process had ${fixed(own, 2)} of a processor, ${workers} had ${fixed(own * workers, 2)} together, what sends the load was pinned to processor ${load}`;
}

function workersText({ workers, places, one, many, ratio }: NonNullable<BenchReport['workers']>) {
  const cost = ({ cpuMs }: Figures) => fixed(cpuMs ?? NaN, 2);
  return `${workers} workers take ${fixed(ratio, 2)} × what one takes (${fixed(many.perSecond, 0)} to ${fixed(one.perSecond, 0)} messages/s, ${cost(many)} to ${cost(one)} CPU ms). ${placesText(workers, places)}; smtp-sink, DNS server and Redis wherever there was room.`;
}

function soakText({ messages, bytes, ratio }: NonNullable<BenchReport['soak']>): string {
  return `Memory over ${messages} messages, after each tenth and once garbage is collected: ${bytes.map(megabytes).join(', ')} MB; last to first ${fixed(ratio, 3)}.`;
}

function stageTable({ messageBytes, figures }: NonNullable<BenchReport['stages']>): string {
  const rows = figures.map(({ stage, cpuMs, ratioToMailparser }) => [
    stage,
    fixed(cpuMs, 3),
    fixed(ratioToMailparser, 2),
  ]);
  return `Stages of one message of ${sizeName(messageBytes)}, warm:\n\n${markdownTable(['', 'CPU ms', '× mailparser'], rows)}`;
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) =>
    Math.max(3, cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, column) => '-'.repeat(width - 1) + (column === 0 ? '-' : ':'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

function fixed(value: number, digits: number): string {
  return value.toFixed(digits);
}

function megabytes(bytes: number): string {
  return fixed(bytes / 1e6, 0);
}

function sizeName(bytes: number): string {
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} KB` : `${Math.round(bytes / 1e6)} MB`;
}
