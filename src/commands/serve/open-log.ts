import type { Settings } from '../../config/settings.ts';
import { createLog, journalLines, type Log } from '../../observability/log.ts';
import type { CommandContext } from '../command.ts';

/** The log of `serve` on standard output. */
export function openLog(
  { logLevel, logFormat }: Pick<Settings, 'logLevel' | 'logFormat'>,
  { stdout }: Pick<CommandContext, 'stdout'>,
): Log {
  return createLog(logLevel, logFormat === 'journal' ? journalLines(stdout) : stdout);
}
