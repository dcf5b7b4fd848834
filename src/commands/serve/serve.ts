import { once } from 'node:events';
import { formatHostPort } from '../../config/host-port.ts';
import type { RuleFileCache } from '../../config/rule-file-cache.ts';
import { createLog, journalLines } from '../../observability/log.ts';
import { startServer } from '../../server.ts';
import type { CommandContext } from '../command.ts';
import type { SettingFlags } from '../setting-options.ts';
import { readVersion } from '../version.ts';
import { prepareStart } from './prepare-start.ts';
import { findStartUpWarnings } from './start-up-warnings.ts';

/** What closing store, ports and log may take once transactions are drained. */
const closingMs = 5000;

/** Serves until it is asked to stop, then drains. */
export async function serve(context: CommandContext, flags: SettingFlags): Promise<void> {
  const ruleFiles: RuleFileCache = new Map();
  // Before anything is written: a start that fails should leave no state directory behind.
  const { settings, rules } = await prepareStart(context, flags, ruleFiles);
  const { logFormat, logLevel, drainMs } = settings;
  const { stdout } = context;
  const log = createLog(logLevel, logFormat === 'journal' ? journalLines(stdout) : stdout);
  for (const warning of await findStartUpWarnings(settings)) log.warn(warning);
  context.endWithin(drainMs + closingMs);
  await using server = await startServer({
    settings,
    rules,
    ruleFiles,
    watchesRules: true,
    log,
    version: readVersion(),
  });
  context.onHangup?.(() => void server.reloadRules());
  log.info(
    {
      smtp: formatHostPort(server.smtp),
      http: formatHostPort(server.http),
      ...(server.console === null ? {} : { console: formatHostPort(server.console) }),
    },
    'ready',
  );
  if (!context.signal.aborted) await once(context.signal, 'abort');
  log.info({ drainMs }, 'stopping');
}
