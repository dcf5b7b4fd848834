import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../support/smtp-ports.ts';
import { flameGraph, type CpuProfile } from '../flame-graph.ts';
import { startGateway } from '../load/gateway-subject.ts';
import { openInspector } from '../load/inspector.ts';
import type { Site } from '../load/site.ts';
import { takeTurn } from '../load/take-turn.ts';

const samplingMicroseconds = 250;

/** Where the time of a warm gateway goes: `NAME.cpuprofile` and `NAME.svg` in that folder. Resolves with their paths. */
export async function profileGateway(
  site: Site,
  { name, store }: { readonly name: string; readonly store: 'sqlite' | 'redis' | null },
  load: { readonly messages: number; readonly sizeBytes: number; readonly sessions: number },
  folder: string,
): Promise<readonly string[]> {
  const port = await freePort();
  await using subject = await startGateway(name, site, {
    ...{ store, nodeFlags: [`--inspect=127.0.0.1:${port}`] },
  });
  using inspector = await openInspector(port);
  const { messages: count, sizeBytes, sessions } = load;
  const send = async () => {
    await using mail = site.makeMail({ sender: subject.sender, sizeBytes, count });
    await takeTurn(subject, { mail: mail.path, count, sessions: Math.min(sessions, count) });
  };
  await send();
  await inspector.call('Profiler.enable');
  await inspector.call('Profiler.setSamplingInterval', { interval: samplingMicroseconds });
  await inspector.call('Profiler.start');
  await send();
  const { profile } = await inspector.call('Profiler.stop');
  await mkdir(folder, { recursive: true });
  const path = join(folder, name.replace(/\W+/g, '-'));
  await writeFile(`${path}.cpuprofile`, JSON.stringify(profile));
  await writeFile(`${path}.svg`, flameGraph(profile as CpuProfile, name));
  return [`${path}.cpuprofile`, `${path}.svg`];
}
