import cluster from 'node:cluster';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { formatHostPort } from '../../config/host-port.ts';
import { startServer, type Server } from '../../server.ts';
import { startLeader } from '../../start-leader.ts';
import { workerCount } from '../../workers/worker-count.ts';
import { CommandFailure, type CommandContext } from '../command.ts';
import type { SettingFlags } from '../setting-options.ts';
import { readVersion } from '../version.ts';
import { closingMs, endWithinMs } from './closing-time.ts';
import { openLog } from './open-log.ts';
import { prepareStart } from './prepare-start.ts';
import { serveAsWorker } from './serve-as-worker.ts';
import { findStartUpWarnings } from './start-up-warnings.ts';

/** Serves until it is asked to stop, then drains. A process that was started as a worker takes mail, and nothing else. */
export async function serve(context: CommandContext, flags: SettingFlags): Promise<void> {
  if (cluster.isWorker) {
    await serveAsWorker(context);
    return;
  }
  // Before anything is written: a start that fails should leave no state directory behind.
  const { settings, rules } = await prepareStart(context, flags);
  const { drainMs } = settings;
  const log = openLog(settings, context);
  for (const warning of await findStartUpWarnings(settings)) log.warn(warning);
  const workers = workerCount(settings.workers, availableParallelism());
  const mailEndsWithinMs = endWithinMs(settings);
  // Workers close first, and then what leads them.
  context.endWithin(workers > 1 ? mailEndsWithinMs + closingMs : mailEndsWithinMs);
  const options = { settings, rules, watchesRules: true, log, version: readVersion() };
  await using server: Server & { readonly gaveUp?: Promise<Error> } =
    workers > 1
      ? await startLeader({ ...options, workers, endWithinMs: mailEndsWithinMs })
      : await startServer(options);
  context.onHangup?.(() => void server.reloadRules());
  log.info(
    {
      ...(server.smtp === null ? {} : { smtp: formatHostPort(server.smtp) }),
      ...(server.milter === null ? {} : { milter: formatHostPort(server.milter) }),
      http: formatHostPort(server.http),
      ...(server.console === null ? {} : { console: formatHostPort(server.console) }),
    },
    'ready',
  );
  const asked = context.signal.aborted ? Promise.resolve() : once(context.signal, 'abort');
  const trouble = await Promise.race([asked, ...(server.gaveUp ? [server.gaveUp] : [])]);
  const reason = trouble instanceof Error ? { reason: trouble.message } : {};
  log.info({ drainMs, ...reason }, 'stopping');
  if (trouble instanceof Error) throw new CommandFailure(trouble.message, { cause: trouble });
}
