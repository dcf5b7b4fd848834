import { randomBytes } from 'node:crypto';
import { memoryContent } from '../smtp/content.ts';
import { abuseReport } from './abuse-report.ts';
import { evidenceOf, memberEvidence, readmeOf, timelineOf } from './describe-incident.ts';
import type { Incident, KeptMessage } from './incident.ts';
import { indicatorsCsv, indicatorsStix } from './indicator-formats.ts';
import { countIndicators, type Shown } from './indicators.ts';
import { readIndicators, receivedContent } from './read-indicators.ts';
import { writeBundle, type BundleFile } from './write-bundle.ts';

export type ExportOptions = {
  /** A file that is not there yet. */
  readonly path: string;
  /** Who reports to the vendor's abuse desk: a plain address. */
  readonly reporter: string;
  readonly hostname: string;
  readonly version: string;
  readonly at: Date;
  /** What is known of an alias; null where it is not in the catalogue any more. */
  readonly vendorOf: (alias: string) => Vendor | null;
  /** Told after each message, for a progress bar. */
  readonly onMessage?: () => void;
};

export type Vendor = {
  /** Where it takes reports, or null. */
  readonly abuse: string | null;
  /** Registrable domains of its own. */
  readonly domains: ReadonlySet<string>;
};

/** Abuse desks want examples, not every copy. */
const mostReports = 10;

export type Exported = {
  readonly messages: number;
  readonly indicators: number;
  readonly reports: number;
  readonly bytes: number;
};

/** Writes an incident as one tar archive. @throws when the file is there already or cannot be written. */
export async function exportIncident(
  incident: Incident,
  options: ExportOptions,
): Promise<Exported> {
  const { path, at, vendorOf, onMessage = () => undefined } = options;
  const shown = new Map<string, Shown>();
  for (const kept of incident.kept) {
    const own = vendorOf(kept.held.alias)?.domains ?? new Set<string>();
    shown.set(kept.held.id, await readIndicators(kept, own));
    onMessage();
  }
  const indicators = countIndicators([...shown.values()]);
  const reported = incident.kept
    .flatMap((kept) => {
      const abuse = vendorOf(kept.held.alias)?.abuse ?? null;
      return abuse === null ? [] : [{ kept, abuse }];
    })
    .slice(0, mostReports);
  const reports = reported.length;
  const files = function* (): Generator<BundleFile> {
    yield text('README.txt', readmeOf({ incident, reports, ...options }));
    yield json('members.json', incident.members.map(memberEvidence));
    yield json('timeline.json', timelineOf(incident));
    yield text('indicators.csv', indicatorsCsv(indicators));
    yield text('indicators.json', indicatorsStix(indicators, at));
    for (const kept of incident.kept) {
      yield { name: `messages/${kept.held.id}.eml`, content: kept.content };
      yield json(`evidence/${kept.held.id}.json`, evidenceOf(kept));
    }
    for (const { kept, abuse } of reported)
      yield report(kept, {
        ...options,
        abuse,
        incident,
        shown: shown.get(kept.held.id)?.values ?? [],
      });
  };
  const bytes = await writeBundle(files(), { path, at, folder: `incident-${incident.id}` });
  return { messages: incident.kept.length, indicators: indicators.length, reports, bytes };
}

type ReportOptions = ExportOptions & {
  readonly abuse: string;
  readonly incident: Incident;
  readonly shown: Shown['values'];
};

function report(
  kept: KeptMessage,
  { reporter, abuse, version, hostname, incident, shown, at }: ReportOptions,
): BundleFile {
  const content = abuseReport({
    held: kept.held,
    content: receivedContent(kept),
    from: reporter,
    to: abuse,
    userAgent: `Aliaswatch/${version}`,
    hostname,
    incidents: incident.members.length,
    domains: shown.filter(({ kind }) => kind === 'domain').map(({ value }) => value),
    at,
    boundary: randomBytes(24).toString('hex'),
  });
  return { name: `abuse-reports/${kept.held.id}.eml`, content };
}

function text(name: string, content: string): BundleFile {
  return { name, content: memoryContent(Buffer.from(content)) };
}

function json(name: string, value: unknown): BundleFile {
  return text(name, `${JSON.stringify(value, null, 2)}\n`);
}
