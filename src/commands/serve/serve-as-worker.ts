import { once } from 'node:events';
import { loadRules } from '../../config/load-rules.ts';
import { startWorker } from '../../start-worker.ts';
import { openLeaderLink } from '../../workers/leader-link.ts';
import { exitCodes, type CommandContext } from '../command.ts';
import { readVersion } from '../version.ts';
import { endWithinMs } from './closing-time.ts';
import { openLog } from './open-log.ts';

/** Takes mail with the settings of the leading process, until that or a signal asks for the end; then drains. */
export async function serveAsWorker(context: CommandContext): Promise<void> {
  const version = readVersion();
  await using link = openLeaderLink(version);
  // The leading process takes the rules; they come by the store.
  context.onHangup?.(() => undefined);
  const start = await link.started;
  if (start === null) return;
  const { worker, settings } = start;
  const { rulesDir } = settings;
  context.endWithin(endWithinMs(settings));
  const log = openLog(settings, context).child({ worker });
  try {
    const loading = await loadRules(rulesDir);
    const rules = loading.ok ? loading.rules : null;
    const server = await startWorker({ settings, rules, log, version }, link);
    const { smtp, milter } = server;
    log.info({ pid: link.pid }, 'worker takes mail');
    link.tell({ kind: 'serving', smtp, milter });
    const end = AbortSignal.any([context.signal, link.drain]);
    if (!end.aborted) await once(end, 'abort');
    await server[Symbol.asyncDispose]();
    await link.tellToEnd({ kind: 'measured', snapshot: await server.measure() });
  } catch (error) {
    // The leading process says it.
    const reason = error instanceof Error ? error.message : String(error);
    await link.tellToEnd({ kind: 'failed', reason });
    context.exit(exitCodes.failed);
  }
}
