import { readFile } from 'node:fs/promises';
import type { Settings } from '../../config/settings.ts';
import { failed, ok, warning, type Finding } from './finding.ts';

const name = 'open files';
/** Client, next hop, message on disk, and a share of DNS, store and log. */
const perSession = 4;
/** Below it there is no room for the two sockets. */
const leastPerSession = 2;

export async function checkFileLimit({
  maxSessions,
}: Pick<Settings, 'maxSessions'>): Promise<Finding> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  return fileLimitFinding(limits, maxSessions);
}

/** `limits` is /proc/self/limits. Node has raised the soft limit to the hard one by now, as it does for serve. */
export function fileLimitFinding(limits: string, maxSessions: number): Finding {
  const [, soft] = /^Max open files\s+(\d+|unlimited)\s/m.exec(limits) ?? [];
  if (soft === undefined) return ok(name, 'this system does not say how many there may be');
  const needed = maxSessions * perSession;
  const message = `${soft} allowed, ${needed} needed for ${maxSessions} sessions`;
  const allowed = soft === 'unlimited' ? Infinity : Number(soft);
  if (allowed >= needed) return ok(name, message);
  const advice = [
    `systemd: LimitNOFILE=${needed}; Docker: --ulimit nofile=${needed}; or --max-sessions ${Math.floor(allowed / perSession)}`,
  ];
  return allowed < maxSessions * leastPerSession
    ? failed(name, message, advice)
    : warning(name, message, advice);
}
