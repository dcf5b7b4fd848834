import type { AuditHead } from '../../audit/audit-heads.ts';
import type { ChainReport } from '../../audit/check-chain.ts';
import { openHeads } from '../../audit/open-heads.ts';
import { readPublishedLog } from '../../audit/published-log.ts';
import { auditDirectory } from '../../audit/start-audit.ts';
import { verifyAudit, type AuditReport } from '../../audit/verify-audit.ts';
import type { Settings } from '../../config/settings.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import { patientStoreTimeoutMs } from '../patient-store.ts';
import type { SettingFlags } from '../setting-options.ts';
import { printable } from '../text-table.ts';

export type VerifyFlags = SettingFlags & {
  readonly json?: boolean;
  readonly log?: readonly string[];
};

/** A head is published every minute; a record that is older and in none is not proven. */
const provenWithinMs = 5 * 60_000;

/** Says what is wrong with the audit log, and how far it is proven. */
export async function verify(context: CommandContext, flags: VerifyFlags): Promise<void> {
  const settings = await settingsFor(context, flags);
  const directory = auditDirectory(settings.stateDir);
  // Before the lines, or a server that goes on writing would seem to have published what is not there.
  const { heads, problem } = await publishedHeads(settings);
  const logs = await Promise.all((flags.log ?? []).map(headsOfLog));
  const report = await verifyAudit({ directory, published: [...logs.flat(), ...heads] });
  if (report.chains.length === 0 && report.gone.length === 0)
    throw new CommandFailure(
      `there is no audit log at ${directory}: name the state directory of the gateway with --state-dir`,
    );
  const now = Date.now();
  const chains = report.chains.map((chain) => ({ ...chain, isProven: isProven(chain, now) }));
  const isWhole =
    report.gone.length === 0 &&
    chains.every(({ problems, isProven }) => problems.length === 0 && isProven);
  if (flags.json) printJson(context, { ...report, chains, isWhole, headsProblem: problem });
  else context.stdout.write(reportText({ ...report, chains }, isWhole));
  if (problem !== null) context.stderr.write(`error: ${problem}\n`);
  if (!isWhole) context.exit(exitCodes.failed);
}

async function publishedHeads({
  store,
}: Pick<Settings, 'store'>): Promise<{ heads: readonly AuditHead[]; problem: string | null }> {
  try {
    await using heads = await openHeads(store, {
      timeoutMs: patientStoreTimeoutMs,
      readOnly: true,
    });
    return { heads: await heads.all(), problem: null };
  } catch (error) {
    return { heads: [], problem: error instanceof Error ? error.message : String(error) };
  }
}

async function headsOfLog(path: string): Promise<readonly AuditHead[]> {
  try {
    return await readPublishedLog(path);
  } catch (error) {
    throw new CommandFailure(`the log ${path} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function isProven({ unprovenSince }: ChainReport, now: number): boolean {
  return unprovenSince === null || now - Date.parse(unprovenSince) < provenWithinMs;
}

type Chain = ChainReport & { readonly isProven: boolean };

function reportText(
  { chains, gone, elsewhere }: AuditReport & { readonly chains: readonly Chain[] },
  isWhole: boolean,
): string {
  return [
    ...chains.flatMap(chainText),
    ...gone.map(
      ({ writer, sequence, at }) =>
        `${writer}: no file is left; record ${sequence} was published at ${at}`,
    ),
    ...(elsewhere.length > 0 ? [`${elsewhere.length} chains of other nodes are not here`] : []),
    isWhole ? 'the audit log is whole' : 'the audit log is NOT whole',
  ]
    .map((line) => `${printable(line)}\n`)
    .join('');
}

function chainText({
  writer,
  lines,
  problems,
  torn,
  proven,
  unprovenSince,
  isProven,
}: Chain): readonly string[] {
  const upTo =
    proven === null
      ? 'no published head to prove it by'
      : `proven to record ${proven.sequence}, published at ${proven.at}`;
  return [
    `${writer}: ${lines} records, ${upTo}`,
    ...(isProven ? [] : [`  not proven: what was recorded since ${unprovenSince ?? ''}`]),
    ...torn.map(({ file, bytes }) => `  ${file}: ${bytes} bytes left unfinished by a crash`),
    ...problems.map(
      ({ file, line, kind, says }) => `  ${file} line ${line}: ${kind.replace('-', ' ')}: ${says}`,
    ),
  ];
}
