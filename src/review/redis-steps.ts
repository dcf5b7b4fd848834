import type { RecordKind, StoredRecord } from './review-store.ts';
import { weighedChunks } from './weighed-chunks.ts';

/** What redis-take-steps.lua does to one key. */
export type Step = {
  readonly name: 'set' | 'del' | 'add' | 'remove';
  readonly key: string;
  /** What it is told besides. */
  readonly values: readonly (string | number)[];
  /** What `set` writes. */
  readonly text?: string;
};

/** A record as it was and as it is; null where it is not there. */
export type Move = { readonly before: StoredRecord | null; readonly after: StoredRecord | null };

/** Members that one step adds to a list. */
const addedAtOnce = 500;

export function recordKey(kind: RecordKind, id: string): string {
  return `aw:review:${kind}:${id}`;
}

export function tagKey(kind: RecordKind, tag: string | null): string {
  return tag === null ? `aw:review:${kind}s` : `aw:review:${kind}s:${tag}`;
}

function listsOf(kind: RecordKind, record: StoredRecord | null): readonly string[] {
  return record === null ? [] : [null, ...new Set(record.tags)].map((tag) => tagKey(kind, tag));
}

export function setStep(kind: RecordKind, record: StoredRecord): Step {
  const key = recordKey(kind, record.id);
  return { name: 'set', key, values: [record.untilMs ?? 0], text: encode(record) };
}

export function deleteStep(kind: RecordKind, id: string): Step {
  return { name: 'del', key: recordKey(kind, id), values: [] };
}

/** Into the lists they belong to, each list once: most messages of a batch share most of their lists. */
export function listSteps(kind: RecordKind, records: readonly StoredRecord[]): readonly Step[] {
  const listed = records.flatMap((record) => listsOf(kind, record).map((key) => ({ key, record })));
  return [...Map.groupBy(listed, ({ key }) => key)].flatMap(([key, members]) =>
    Array.from(
      weighedChunks(members, () => 1, addedAtOnce),
      (chunk) =>
        addStep(
          key,
          chunk.map(({ record }) => record),
        ),
    ),
  );
}

function addStep(key: string, records: readonly StoredRecord[]): Step {
  const expiring = records.flatMap(({ atMs, untilMs }) =>
    untilMs === null ? [] : [{ untilMs, keptMs: untilMs - atMs }],
  );
  // Equally long kept, so that what was made before this has expired.
  const trimming =
    expiring.length === 0
      ? [0, 0]
      : [
          Date.now() - Math.max(...expiring.map(({ keptMs }) => keptMs)),
          Math.max(...expiring.map(({ untilMs }) => untilMs)),
        ];
  return {
    name: 'add',
    key,
    values: [...trimming, ...records.flatMap(({ atMs, id }) => [atMs, id])],
  };
}

/** Out of the lists they were in and are not any more, each list once. */
export function unlistSteps(kind: RecordKind, moves: readonly Move[]): readonly Step[] {
  const left = moves.flatMap(({ before, after }) => {
    const kept = new Set(listsOf(kind, after));
    return listsOf(kind, before)
      .filter((key) => !kept.has(key))
      .map((key) => ({ key, id: before?.id ?? '' }));
  });
  return [...Map.groupBy(left, ({ key }) => key)].map(([key, members]) => ({
    name: 'remove',
    key,
    values: members.map(({ id }) => id),
  }));
}

export function encode(record: StoredRecord): string {
  return JSON.stringify(record);
}

export function decode(text: string | null): StoredRecord | null {
  return text === null ? null : (JSON.parse(text) as StoredRecord);
}
