import { Readable } from 'node:stream';
import type { Content } from '../smtp/content.ts';

/** `insert` in place of the `removedBytes` bytes from `at` on; `at` counts in the message as it was. */
export type ContentEdit = {
  readonly at: number;
  readonly removedBytes: number;
  readonly insert: Buffer;
};

/** Inserts without removing. */
export function insertion(at: number, insert: Buffer): ContentEdit {
  return { at, removedBytes: 0, insert };
}

/**
 * The same message with some bytes exchanged; nothing is copied or read yet. Edits are in ascending order and do not
 * overlap.
 */
export function withEdits(content: Content, edits: readonly ContentEdit[]): Content {
  if (edits.length === 0) return content;
  const removedBytes = sum(edits.map((edit) => edit.removedBytes));
  const addedBytes = sum(edits.map(({ insert }) => insert.length));
  return {
    sizeBytes: content.sizeBytes - removedBytes + addedBytes,
    async prefix(limitBytes) {
      const original = await content.prefix(limitBytes + removedBytes);
      return Buffer.concat([...edited([original], edits)]).subarray(0, limitBytes);
    },
    stream: () =>
      Readable.from(editedStream(content.stream() as AsyncIterable<Buffer>, edits), {
        objectMode: false,
      }),
  };
}

function* edited(chunks: Iterable<Buffer>, edits: readonly ContentEdit[]): Generator<Buffer> {
  const editor = createEditor(edits);
  for (const chunk of chunks) yield* editor.next(chunk);
  yield* editor.end();
}

async function* editedStream(
  chunks: AsyncIterable<Buffer>,
  edits: readonly ContentEdit[],
): AsyncGenerator<Buffer> {
  const editor = createEditor(edits);
  for await (const chunk of chunks) yield* editor.next(chunk);
  yield* editor.end();
}

function createEditor(edits: readonly ContentEdit[]) {
  const waiting = [...edits];
  let position = 0;
  let toSkip = 0;
  return {
    *next(chunk: Buffer): Generator<Buffer> {
      let rest = chunk;
      const take = (length: number): Buffer => {
        const taken = rest.subarray(0, length);
        rest = rest.subarray(taken.length);
        position += taken.length;
        return taken;
      };
      while (rest.length > 0) {
        if (toSkip > 0) {
          toSkip -= take(toSkip).length;
          continue;
        }
        const [edit] = waiting;
        if (edit?.at === position) {
          waiting.shift();
          toSkip = edit.removedBytes;
          if (edit.insert.length > 0) yield edit.insert;
          continue;
        }
        yield take(edit === undefined ? rest.length : edit.at - position);
      }
    },
    *end(): Generator<Buffer> {
      for (const { at, insert } of waiting) if (at === position) yield insert;
    },
  };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
