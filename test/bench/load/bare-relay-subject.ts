import { join } from 'node:path';
import { freePort } from '../../support/smtp-ports.ts';
import type { Site } from './site.ts';
import { startSubject, type Subject } from './subject.ts';

export async function startBareRelay(
  name: string,
  site: Site,
  authenticates: boolean,
): Promise<Subject> {
  const port = await freePort();
  const program = join(import.meta.dirname, 'bare-relay.ts');
  const flags = [`--port=${port}`, `--next=${site.sinkPort}`];
  if (authenticates) flags.push(`--dns=${site.dns}`);
  return startSubject({
    ...{ name, sender: 'unwatched', share: 1, takes: { protocol: 'smtp', port } },
    command: [process.execPath, program, ...flags],
  });
}
