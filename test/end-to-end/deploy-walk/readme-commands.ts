import { readFile } from 'node:fs/promises';

/** What one block of the README has a reader run. */
export type Step = {
  /** Ends by itself; possibly empty. */
  readonly script: string;
  /** Goes on in the foreground of a terminal of its own; null where nothing does. */
  readonly service: string | null;
};

const staysInForeground = /^(?:node dist\/main\.js serve|prometheus) /;

/** The shell blocks of one section, in order. */
export async function readmeCommands(path: string, section: string): Promise<readonly Step[]> {
  const text = await readFile(path, 'utf8');
  const [, body = ''] = text.split(`\n## ${section}\n`);
  const [own = ''] = body.split('\n## ');
  const blocks = [...own.matchAll(/^ *```sh\n([^]*?)^ *```$/gm)].map(([, block = '']) =>
    block.replaceAll(/\\\n\s*/g, '').replaceAll(/^ +/gm, ''),
  );
  return blocks.map((block) => {
    const lines = block.trim().split('\n');
    const last = lines.at(-1) ?? '';
    if (!staysInForeground.test(last)) return { script: lines.join('\n'), service: null };
    return { script: lines.slice(0, -1).join('\n'), service: last };
  });
}
