import { once } from 'node:events';
import { createServer } from 'node:net';
import { formatHostPort, type HostPort } from '../../config/host-port.ts';
import { isRulesStored } from '../../activation/open-rule-sets.ts';
import { loadRules } from '../../config/load-rules.ts';
import type { RuleFileCache } from '../../config/rule-file-cache.ts';
import { createLog } from '../../observability/log.ts';
import { startServer } from '../../server.ts';
import type { CommandContext } from '../command.ts';
import { settingsFor, unusableRules } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';
import { readVersion } from '../version.ts';

/** What closing store, ports and log may take once transactions are drained. */
const closingMs = 5000;

/** Serves until it is asked to stop, then drains. */
export async function serve(context: CommandContext, flags: SettingFlags): Promise<void> {
  const settings = await settingsFor(context, flags, ['nextHop']);
  const { nextHop, logLevel, drainMs } = settings;
  if (nextHop === null) return; // settingsFor has refused
  const ruleFiles: RuleFileCache = new Map();
  const loading = await loadRules(settings.rulesDir, ruleFiles);
  // Rules that were in force before are as good; at the first start there are none.
  if (!loading.ok && !(await isRulesStored(settings)))
    throw unusableRules(settings.rulesDir, loading.problems);
  // Before anything is written: a port in use should leave no state directory behind.
  const links = settings.publicUrl === null ? [] : [settings.publicListen];
  const own = typeof settings.console === 'string' ? [] : [settings.console];
  for (const address of [settings.listen, settings.http, ...links, ...own])
    await assertFree(address);
  const log = createLog(logLevel, context.stdout);
  context.endWithin(drainMs + closingMs);
  await using server = await startServer({
    settings: { ...settings, nextHop },
    rules: loading.ok ? loading.rules : null,
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

/** @throws the system's error when it cannot be listened on. */
async function assertFree({ host, port }: HostPort): Promise<void> {
  const server = createServer();
  server.listen(port, host);
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}
