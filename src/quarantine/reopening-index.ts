import { rm } from 'node:fs/promises';
import { openSqliteIndex } from './sqlite-index.ts';
import type { QuarantineIndex } from './quarantine-index.ts';

export type ReopeningOptions = {
  readonly timeoutMs: number;
  /** A damaged file was thrown away: the index is empty. Never throws. */
  readonly onEmptied: () => void;
};

/** SQLite's result codes for a file that is not what it was: CORRUPT and NOTADB (sqlite.org/rescode.html). */
const damageCodes = new Set([11, 26]);

/**
 * An index in a file that is opened when it is first needed, and made anew where it is damaged: everything in it is in
 * the files of the quarantine as well, so that nothing but time is lost.
 */
export function reopeningIndex(
  path: string,
  { timeoutMs, onEmptied }: ReopeningOptions,
): QuarantineIndex {
  let current: Promise<QuarantineIndex> | null = null;
  const close = async (which: Promise<QuarantineIndex> | null): Promise<void> => {
    if (current === which) current = null;
    const index = await which?.catch(() => null);
    await index?.[Symbol.asyncDispose]();
  };
  const throwAway = async (damaged: Promise<QuarantineIndex>): Promise<void> => {
    if (current !== damaged) return; // another question was first
    await close(damaged).catch(() => undefined);
    for (const part of ['', '-wal', '-shm']) await rm(`${path}${part}`, { force: true });
    onEmptied();
  };
  const ask = async <Answer>(
    question: (index: QuarantineIndex) => Promise<Answer>,
  ): Promise<Answer> => {
    const opening = (current ??= openSqliteIndex(path, { timeoutMs }));
    try {
      return await question(await opening);
    } catch (error) {
      if (isDamage(error)) await throwAway(opening);
      else if (!(await isOpen(opening)) && current === opening) current = null;
      throw error;
    }
  };
  return {
    put: (entries) => ask((index) => index.put(entries)),
    remove: (directory, ids) => ask((index) => index.remove(directory, ids)),
    scrub: (patienceMs) => ask((index) => index.scrub(patienceMs)),
    query: (query) => ask((index) => index.query(query)),
    locate: (id) => ask((index) => index.locate(id)),
    versions: (directory) => ask((index) => index.versions(directory)),
    due: (query) => ask((index) => index.due(query)),
    totals: () => ask((index) => index.totals()),
    isFilled: (directory) => ask((index) => index.isFilled(directory)),
    setFilled: (directory) => ask((index) => index.setFilled(directory)),
    claim: (name, holder, ms) => ask((index) => index.claim(name, holder, ms)),
    disclaim: (name, holder) => ask((index) => index.disclaim(name, holder)),
    [Symbol.asyncDispose]: () => close(current),
  };
}

function isDamage(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null;
  return (
    cause instanceof Error && 'errcode' in cause && damageCodes.has(Number(cause.errcode) & 0xff)
  );
}

function isOpen(opening: Promise<QuarantineIndex>): Promise<boolean> {
  return opening.then(
    () => true,
    () => false,
  );
}
