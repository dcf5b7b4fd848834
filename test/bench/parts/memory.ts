import { setTimeout as delay } from 'node:timers/promises';
import { median } from '../figures.ts';
import { startGateway } from '../load/gateway-subject.ts';
import { peakBytesOf, residentBytesOf } from '../load/process-usage.ts';
import type { Site } from '../load/site.ts';
import { takeTurn } from '../load/take-turn.ts';

/** Resident memory of a gateway that has just been started. */
export type Memory = {
  /** Before any mail. */
  readonly idleBytes: number;
  /** Under load: the median of the second half of the time. */
  readonly steadyBytes: number;
  readonly peakBytes: number;
};

const everyMs = 250;

export async function measureMemory(
  site: Site,
  name: string,
  store: 'sqlite' | 'redis' | null,
  load: { readonly messages: number; readonly sizeBytes: number; readonly sessions: number },
): Promise<Memory> {
  await using subject = await startGateway(name, site, { store });
  const { messages: count, sizeBytes, sessions } = load;
  await using mail = site.makeMail({ sender: subject.sender, sizeBytes, count });
  const pid = subject.pid ?? 0;
  await delay(1000);
  const idleBytes = residentBytesOf(pid);
  const seen: number[] = [];
  const sampling = setInterval(() => seen.push(residentBytesOf(pid)), everyMs);
  try {
    await takeTurn(subject, { mail: mail.path, count, sessions });
  } finally {
    clearInterval(sampling);
  }
  seen.push(residentBytesOf(pid));
  return {
    idleBytes,
    steadyBytes: median(seen.slice(seen.length >> 1)),
    peakBytes: peakBytesOf(pid),
  };
}
