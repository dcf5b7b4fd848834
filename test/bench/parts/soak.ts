import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../support/smtp-ports.ts';
import { startGateway } from '../load/gateway-subject.ts';
import { openInspector } from '../load/inspector.ts';
import { residentBytesOf } from '../load/process-usage.ts';
import type { Site } from '../load/site.ts';
import { takeTurn } from '../load/take-turn.ts';

export type Soak = {
  readonly messages: number;
  /** Resident after each tenth of the messages, once garbage is collected. */
  readonly bytes: readonly number[];
  /** The last of them to the first. */
  readonly ratio: number;
};

const tenths = 10;
/** Until what the collector freed has gone back to the system. */
const settleMs = 3000;

/** Whether memory grows: one gateway, watched mail on Redis, that many messages. */
export async function soak(
  site: Site,
  load: { readonly messages: number; readonly sizeBytes: number; readonly sessions: number },
  onTenth: (done: number, bytes: number) => void,
): Promise<Soak> {
  const port = await freePort();
  await using subject = await startGateway('soak', site, {
    ...{ store: 'redis', nodeFlags: [`--inspect=127.0.0.1:${port}`] },
  });
  using inspector = await openInspector(port);
  const count = Math.max(1, Math.floor(load.messages / tenths));
  const { sizeBytes, sessions } = load;
  const bytes: number[] = [];
  for (let tenth = 0; tenth < tenths; tenth++) {
    await using mail = site.makeMail({ sender: subject.sender, sizeBytes, count });
    await takeTurn(subject, { mail: mail.path, count, sessions: Math.min(sessions, count) });
    await inspector.call('HeapProfiler.collectGarbage');
    await delay(settleMs);
    await inspector.call('HeapProfiler.collectGarbage');
    const resident = residentBytesOf(subject.pid ?? 0);
    bytes.push(resident);
    onTenth(tenth + 1, resident);
  }
  return { messages: count * tenths, bytes, ratio: (bytes.at(-1) ?? NaN) / (bytes[0] ?? NaN) };
}
