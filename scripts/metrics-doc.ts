/** Writes the tables of docs/metrics.md from the registry: `node scripts/metrics-doc.ts`. A test compares the two. */
import { readFile, writeFile } from 'node:fs/promises';
import type { MetricValue } from 'prom-client';
import { createMetrics } from '../src/observability/metrics.ts';

/** What prom-client calls a metric, as far as it is asked here. */
type OneMetric = {
  readonly labelNames: readonly string[];
  get(): Promise<Asked>;
};
type Asked = {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly aggregator: string;
  readonly values: readonly MetricValue<string>[];
};
type Described = Asked & Pick<OneMetric, 'labelNames'>;

const file = new URL('../docs/metrics.md', import.meta.url);
const marks = {
  begin: '<!-- from here on by scripts/metrics-doc.ts -->',
  end: '<!-- up to here by scripts/metrics-doc.ts -->',
};

/** Sections in their order, by what the names of their metrics begin with; the first that fits takes a metric. */
const sections: readonly { readonly title: string; readonly prefixes: readonly string[] }[] = [
  {
    title: 'Mail',
    prefixes: [
      'transaction',
      'stage_',
      'smtp_',
      'spool_',
      'fail_open',
      'duplicate_risk',
      'open_relay',
      'next_hop',
      'milter_',
      'worker',
    ],
  },
  {
    title: 'Detection',
    prefixes: [
      'alias_verdicts',
      'flagged',
      'campaign',
      'budget',
      'breaker',
      'limit_exceeded',
      'holds_capped',
      'condition',
      'attachments',
      'warnings',
    ],
  },
  {
    title: 'Aliases and their baselines',
    prefixes: ['alias_', 'baseline_', 'lessons', 'prior_fit', 'organization', 'vectors'],
  },
  {
    title: 'Held mail and those who decide',
    prefixes: ['quarantine', 'notice', 'review', 'console'],
  },
  { title: 'Rules', prefixes: ['rule', 'build'] },
  { title: 'What we lean on', prefixes: ['audit', 'certificate', 'dns'] },
  { title: 'The process', prefixes: ['process', 'nodejs'] },
];

const across: Readonly<Record<string, string>> = {
  sum: 'add',
  max: 'the largest',
  min: 'the smallest',
  average: 'the mean',
  first: 'alike',
  omit: 'each alone',
};

/** Label values that come from the rules, not from the program. */
const fromRules: Readonly<Record<string, string>> = {
  alias: 'of the catalogue, 500 at most',
  cause: 'of causes.yaml, 50 at most',
  condition: 'of conditions.yaml, 400 at most',
};
const mostValuesShown = 14;

/** Every metric of a gateway, in tables. */
export async function metricTables(): Promise<string> {
  const { registry } = createMetrics('0.0.0');
  const asked = registry.getMetricsAsArray() as unknown as readonly OneMetric[];
  const metrics = await Promise.all(
    asked.map(async (metric) => ({ ...(await metric.get()), labelNames: metric.labelNames })),
  );
  const named = metrics.map((metric) => ({ ...metric, short: shortName(metric) }));
  const sectionOf = (short: string) =>
    sections.find(({ prefixes }) => prefixes.some((prefix) => short.startsWith(prefix)));
  const homeless = named.find(({ short }) => sectionOf(short) === undefined);
  if (homeless !== undefined) throw new Error(`${homeless.name} belongs to no section`);
  return sections
    .map((section) => {
      const rows = named
        .filter(({ short }) => sectionOf(short) === section)
        .toSorted((left, right) => (left.short < right.short ? -1 : 1))
        .map(rowOf);
      return [
        `### ${section.title}`,
        '',
        '| Metric | Type | Unit | Labels | Meaning | Processes |',
        '|---|---|---|---|---|---|',
        ...rows,
      ].join('\n');
    })
    .join('\n\n');
}

function shortName({ name }: Described): string {
  return name.replace(/^aliaswatch_/, '');
}

function rowOf(metric: Described): string {
  const { name, type, help, aggregator } = metric;
  const cells = [
    `\`${name}\``,
    type,
    unitOf(name),
    labelsOf(metric),
    help.replace(/\.$/, '').replaceAll('|', '\\|'),
    type === 'gauge' ? (across[aggregator] ?? aggregator) : 'add',
  ];
  return `| ${cells.join(' | ')} |`;
}

function unitOf(name: string): string {
  if (/_timestamp_seconds$|_start_time_seconds$/.test(name)) return 'Unix time';
  return /_(seconds|bytes|ratio)(_total)?$/.exec(name)?.[1] ?? '';
}

function labelsOf({ labelNames, values, name }: Described): string {
  return labelNames
    .filter((label) => label !== 'le')
    .map((label) => {
      const seen = [...new Set(values.map(({ labels }) => labels[label]))].filter(
        (value) => value !== undefined && value !== '_other',
      );
      const own = name.startsWith('aliaswatch_nodejs_') || label === 'version';
      if (own || seen.length === 0 || seen.length > mostValuesShown)
        return label in fromRules && seen.length === 0
          ? `\`${label}\` (${fromRules[label]})`
          : `\`${label}\``;
      return `\`${label}\` (${seen.join(', ')})`;
    })
    .join('; ');
}

/** The document with its tables made anew. */
export async function metricsDocument(): Promise<string> {
  const [before, rest] = (await readFile(file, 'utf8')).split(marks.begin);
  const after = rest?.split(marks.end)[1];
  if (before === undefined || after === undefined)
    throw new Error('docs/metrics.md has lost the marks of its tables');
  return `${before}${marks.begin}\n\n${await metricTables()}\n\n${marks.end}${after}`;
}

if (import.meta.main) await writeFile(file, await metricsDocument());
