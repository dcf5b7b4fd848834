import type { AuditLog } from '../../audit/audit-log.ts';
import { openAudit } from '../../audit/open-audit.ts';
import { openHeads } from '../../audit/open-heads.ts';
import { publishHeads } from '../../audit/publish-heads.ts';
import { auditDirectory } from '../../audit/start-audit.ts';
import type { Settings } from '../../config/settings.ts';
import { patientStoreTimeoutMs } from '../patient-store.ts';
import type { CommandContext } from '../command.ts';

/**
 * The audit log for a command that acts: a chain of its own beside that of a running server, its head published at the
 * end. An act that cannot be recorded is not answered as done.
 */
export async function openAuditLog(
  { stderr }: Pick<CommandContext, 'stderr'>,
  { stateDir, store, hostname: host }: Pick<Settings, 'stateDir' | 'store' | 'hostname'>,
): Promise<AuditLog & AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  const warn = (text: string) => void stderr.write(`warning: ${text}\n`);
  const heads = opened.use(await openHeads(store, { timeoutMs: patientStoreTimeoutMs }));
  const audit = openAudit({
    directory: auditDirectory(stateDir),
    host,
    heads,
    onDamaged: (writer, problem) =>
      warn(`audit log ${writer} is damaged (${problem}): run \`aliaswatch audit verify\``),
  });
  const publishing = publishHeads({
    head: audit.head,
    heads,
    events: {
      auditHead: () => undefined,
      auditHeadNotPublished: (error) =>
        warn(`audit head not published: ${error instanceof Error ? error.message : String(error)}`),
    },
    now: () => new Date(),
  });
  opened.use(publishing);
  opened.use(audit);
  const owned = opened.move();
  return {
    append: (record) => audit.append(record),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
