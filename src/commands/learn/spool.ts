import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A message of an archive that is to be learned. */
export type Arrival = { readonly bytes: Buffer; readonly arrivedAt: Date };

/** The same message at the same time has the same id, so that learning it again changes nothing. */
export function messageId({ bytes, arrivedAt }: Arrival): string {
  const digest = createHash('sha256').update(arrivedAt.toISOString()).update(bytes).digest('hex');
  return digest.slice(0, 20);
}

/** Messages of any number of archives, put into the order of their arrival without being held in memory. */
export interface Spool extends AsyncDisposable {
  readonly length: number;
  add(arrival: Arrival): Promise<void>;
  /** Earliest first; equal times in the order of adding. */
  inOrder(): AsyncGenerator<Arrival>;
}

/** The file is nameless from the start: however we end, no mail is left behind. */
export async function openSpool(): Promise<Spool> {
  const directory = await mkdtemp(join(tmpdir(), 'aliaswatch-'));
  const file = await open(join(directory, 'spool'), 'wx+', 0o600);
  await rm(directory, { recursive: true });
  const entries: { readonly offset: number; readonly length: number; readonly arrivedAt: Date }[] =
    [];
  let end = 0;
  return {
    get length() {
      return entries.length;
    },
    async add({ bytes, arrivedAt }) {
      await file.writeFile(bytes);
      entries.push({ offset: end, length: bytes.length, arrivedAt });
      end += bytes.length;
    },
    async *inOrder() {
      for (const { offset, length, arrivedAt } of entries.toSorted(
        (a, b) => a.arrivedAt.getTime() - b.arrivedAt.getTime(),
      )) {
        const bytes = Buffer.alloc(length);
        await file.read(bytes, 0, length, offset);
        yield { bytes, arrivedAt };
      }
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}
