import { findHeaderBlock } from '../message/header-block.ts';
import type { Content } from '../smtp/content.ts';
import { addField, changeField, insertOnTop, type MilterField } from './answer.ts';

/**
 * Packets that put `prefix` (our header fields, CRLF-terminated) on top, in its order. `leadingSpace`: values go with
 * the space before them.
 */
export function putOnTop(prefix: Buffer, leadingSpace: boolean): Buffer[] {
  return readFields(prefix, leadingSpace)
    .reverse()
    .map((field) => insertOnTop(field));
}

/**
 * Packets that turn the header section `before` into `after`, in which fields were removed, changed, or added. Fields
 * of one name are compared in their order; added ones go to the end of the section. Removals go from the last one up,
 * because mail servers differ on whether a removal renumbers those behind it.
 */
export function changeFields(before: Buffer, after: Buffer, leadingSpace: boolean): Buffer[] {
  const old = byName(readFields(before, leadingSpace));
  const wanted = byName(readFields(after, leadingSpace));
  return [...new Set([...old.keys(), ...wanted.keys()])].flatMap((name) =>
    changesOfName(old.get(name) ?? [], wanted.get(name) ?? []),
  );
}

function changesOfName(old: readonly MilterField[], wanted: readonly MilterField[]): Buffer[] {
  if (wanted.length < old.length) return removals(old, wanted);
  return wanted.flatMap((field, index) => {
    const was = old[index];
    if (was === undefined) return [addField(field)];
    return was.value === field.value ? [] : [changeField(index + 1, field)];
  });
}

function removals(old: readonly MilterField[], kept: readonly MilterField[]): Buffer[] {
  const removed: Buffer[] = [];
  let next = kept.length - 1;
  for (let index = old.length - 1; index >= 0; index--) {
    const field = old[index];
    if (field === undefined) break;
    if (kept[next]?.value === field.value) next--;
    else removed.push(changeField(index + 1, { ...field, value: '' }));
  }
  return removed;
}

/** Splits at line ends that no white space follows; names as they are spelled. */
function readFields(block: Buffer, leadingSpace: boolean): MilterField[] {
  return block
    .toString('latin1')
    .split(/\r\n(?![ \t])/)
    .flatMap((field) => {
      const colon = field.indexOf(':');
      if (colon <= 0) return [];
      const value = field.slice(colon + 1).replaceAll('\r\n', '\n');
      return [
        {
          name: field.slice(0, colon).trimEnd(),
          value: leadingSpace ? value : value.replace(/^[ \t]/, ''),
        },
      ];
    });
}

function byName(fields: readonly MilterField[]): Map<string, MilterField[]> {
  return Map.groupBy(fields, ({ name }) => name.toLowerCase());
}

/** Header section, and where the body begins. */
export type Section = { readonly head: Buffer; readonly bodyAt: number };

export async function readSection(content: Content, maxHeaderBytes: number): Promise<Section> {
  const prefix = await content.prefix(maxHeaderBytes);
  const { length, isTerminated } = findHeaderBlock(prefix);
  return { head: prefix.subarray(0, length), bodyAt: length + (isTerminated ? 2 : 0) };
}

/** The bytes from `at` on, in chunks of at most `chunkBytes`. */
export async function* bodyOf(
  content: Content,
  at: number,
  chunkBytes: number,
): AsyncGenerator<Buffer> {
  let skipBytes = at;
  for await (const chunk of content.stream() as AsyncIterable<Buffer>) {
    const skipped = Math.min(skipBytes, chunk.length);
    skipBytes -= skipped;
    for (let from = skipped; from < chunk.length; from += chunkBytes)
      yield chunk.subarray(from, from + chunkBytes);
  }
}
