import { basename } from 'node:path';
import type { Alias } from '../../alias/alias.ts';
import { openAuditReader } from '../../audit/read-audit.ts';
import { auditDirectory } from '../../audit/start-audit.ts';
import { exportIncident, type Vendor } from '../../incident/export-incident.ts';
import { gatherIncident } from '../../incident/gather-incident.ts';
import { linkDomain } from '../../message/links.ts';
import { domainOf } from '../../message/mailbox.ts';
import {
  CommandFailure,
  exitCodes,
  printJson,
  startProgress,
  type CommandContext,
} from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import { rulesInForce } from '../rules/stored-rules.ts';
import { openDesk } from '../review/open-desk.ts';
import type { SettingFlags } from '../setting-options.ts';
import { printable } from '../text-table.ts';
import { readVersion } from '../version.ts';

export type ExportFlags = SettingFlags & {
  readonly out: string;
  readonly reporter?: string;
  readonly json?: boolean;
};

/** The act is on record before the archive is written. */
export async function exportBundle(
  context: CommandContext,
  id: string,
  flags: ExportFlags,
): Promise<void> {
  const settings = await settingsFor(context, flags);
  const reporter = flags.reporter ?? `postmaster@${settings.hostname}`;
  if (!/^[\w.+-]{1,64}@[a-z0-9.-]{1,253}$/i.test(reporter))
    throw new CommandFailure('--reporter is not an address: write abuse@example.com', {
      exitCode: exitCodes.usage,
    });
  const rules = await rulesInForce(context, settings);
  await using desk = await openDesk(context, settings);
  const audit = openAuditReader(auditDirectory(settings.stateDir));
  const incident = await gatherIncident(id, { ...desk, audit });
  if (incident === null)
    throw new CommandFailure(
      `nobody remembers ${printable(id)}: \`aliaswatch campaign list\` and \`aliaswatch quarantine list\` show the ids`,
    );
  await desk.audit.append({
    act: 'incident-exported',
    actor: desk.by,
    subject: id,
    reason: '',
    facts: { messages: incident.members.length, file: basename(flags.out) },
    personal: {},
  });
  using progress = startProgress(context, { total: incident.kept.length, unit: 'messages' });
  const exported = await exportIncident(incident, {
    path: flags.out,
    reporter,
    hostname: settings.hostname,
    version: readVersion(),
    at: new Date(),
    vendorOf: vendorIn(rules.aliases),
    onMessage: progress.step,
  }).catch((error: unknown) => {
    throw explainWriting(error, flags.out);
  });
  const { messages, indicators, reports } = exported;
  if (flags.json)
    printJson(context, { id, file: flags.out, seen: incident.members.length, ...exported });
  else
    context.stdout.write(
      `${printable(flags.out)}: ${messages} of ${incident.members.length} messages, ${indicators} indicators, ${reports} reports for abuse desks\n`,
    );
}

function vendorIn(aliases: readonly Alias[]): (id: string) => Vendor | null {
  const byId = new Map(aliases.map((alias) => [alias.id, alias]));
  return (id) => {
    const alias = byId.get(id);
    if (alias === undefined) return null;
    const names = [...alias.addresses.map(domainOf), ...alias.dkimDomains];
    const own = names.map((name) => linkDomain(name.replace(/^\*\./, '')) ?? name);
    return {
      abuse: alias.abuse ?? null,
      domains: new Set([...own, ...(alias.pack?.linkDomains ?? [])]),
    };
  };
}

function explainWriting(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EEXIST')
    return new CommandFailure(`${path} is there already: name another file with --out`, {
      cause: error,
    });
  if (code === 'ENOENT')
    return new CommandFailure(`the directory of ${path} does not exist: name another file`, {
      cause: error,
    });
  return error;
}
