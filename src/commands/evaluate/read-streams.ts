import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Alias } from '../../alias/alias.ts';
import { splitMbox } from '../../archive/mbox.ts';
import { readHeader } from '../../message/header.ts';
import type { ParseArchived, Stream } from './streams.ts';

/** The mbox files of a folder whose most frequent author is a watched alias, each in order of arrival. */
export async function readStreams(
  folder: string,
  {
    aliasOf,
    parse,
  }: {
    readonly aliasOf: (address: string) => Alias | null;
    readonly parse: ParseArchived;
  },
): Promise<readonly Stream[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.mbox')).sort();
  const streams: Stream[] = [];
  for (const name of names) {
    const messages = [...splitMbox(await readFile(join(folder, name)), name)];
    const address = commonest(
      messages.map(({ bytes }) => readHeader(bytes.subarray(0, 65_536)).from[0]?.address ?? ''),
    );
    const alias = aliasOf(address);
    if (alias)
      streams.push({
        address,
        alias,
        parse,
        messages: messages.toSorted(
          (a, b) => (a.arrivedAt?.getTime() ?? 0) - (b.arrivedAt?.getTime() ?? 0),
        ),
      });
  }
  return streams;
}

function commonest(addresses: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const address of addresses) counts.set(address, (counts.get(address) ?? 0) + 1);
  return [...counts].sort(([, left], [, right]) => right - left)[0]?.[0] ?? '';
}
