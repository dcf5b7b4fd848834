import { dayOf } from '../baseline/ledger.ts';
import type { Commit } from '../baseline/store.ts';
import type { Sightings } from '../organization/ledgers.ts';
import { attackOf, campaignOfOne } from './attack-record.ts';
import { exclusively } from './exclusively.ts';
import { lessonOfRecord, storedLesson, type LessonRecord } from './lesson-record.ts';
import type { ReviewDependencies } from './review-dependencies.ts';
import type { StoredRecord } from './review-store.ts';
import { messageOf } from './watched-message.ts';

type Teaching = Pick<ReviewDependencies, 'store' | 'baselines' | 'organization' | 'now'>;

export type ToTeach = {
  readonly message: string;
  readonly lesson: Commit;
  /** What it adds to the organization's ledgers, or null. */
  readonly sightings: Sightings | null;
  /** Id of the act. */
  readonly act: string;
};

/**
 * Learns from one message once, however often it is asked; what was taken back in between is learned again. Learned on
 * the day of the act, so that it matures like everything else: a person's word can be wrong.
 */
export async function teach(
  { store, baselines, organization, now }: Teaching,
  { message, lesson, sightings, act }: ToTeach,
): Promise<'learned' | 'already'> {
  const at = now();
  const begun = await store.change('lesson', message, (found) => {
    const before = found === null ? null : lessonOfRecord(found);
    if (found !== null && before?.takenBackBy === null) return found;
    const id = before === null ? lesson.id : `${lesson.id} again ${act}`;
    const commit = { ...lesson, id, day: dayOf(at) };
    const record = { message, commit, act, at: at.toISOString() };
    return storedLesson({ ...record, isLearned: false, takenBackBy: null });
  });
  const record = begun === null ? null : lessonOfRecord(begun);
  if (record === null || record.isLearned) return 'already';
  await baselines.commit(record.commit);
  await change(store, message, (known) => ({ ...known, isLearned: true }));
  if (sightings !== null) organization?.count({ ...sightings, day: dayOf(at) });
  return 'learned';
}

/**
 * The same, unless the message is of a confirmed attack; what is confirmed meanwhile wins, whichever of the two is
 * quicker. For who has the message to himself (`exclusively`).
 */
export async function teachUnlessAttack(
  deps: Teaching,
  campaign: string,
  given: ToTeach,
): Promise<'learned' | 'already' | 'attack'> {
  const isAttack = async () => {
    const campaigns = [campaign, campaignOfOne(given.message)];
    return (await deps.store.read('attack', campaigns)).find((found) => found !== null) ?? null;
  };
  if ((await isAttack()) !== null) return 'attack';
  const learning = await teach(deps, given);
  const meanwhile = await isAttack();
  if (meanwhile === null) return learning;
  await takeBack(deps, given.message, attackOf(meanwhile).act);
  return 'attack';
}

/** Takes back what an act taught of a message; false where there is nothing to take back. */
async function unteach(deps: Teaching, message: string, act: string): Promise<boolean> {
  const record = await readLesson(deps.store, message);
  // What is being taught this moment cannot be taken back before it is there; who teaches has the message to himself.
  return record?.isLearned === false
    ? exclusively(deps.store, `message ${message}`, () => takeBack(deps, message, act))
    : takeBack(deps, message, act);
}

async function takeBack(
  { store, baselines }: Teaching,
  message: string,
  act: string,
): Promise<boolean> {
  const record = await readLesson(store, message);
  if (record === null || record.takenBackBy !== null) return false;
  await baselines.retract(record.commit);
  await change(store, message, (known) => ({ ...known, takenBackBy: act }));
  return true;
}

/** The same for an act that is taken back: then nothing else that is taken back brings its lesson to life again. */
export async function disown(deps: Teaching, message: string, act: string): Promise<boolean> {
  const isTaken = await unteach(deps, message, act);
  if (!isTaken) await change(deps.store, message, (known) => ({ ...known, takenBackBy: act }));
  return isTaken;
}

/** Takes back what delivery taught of a message, and what an act did. */
export async function forgetMessage(
  deps: Teaching,
  message: string,
  act: string,
): Promise<boolean> {
  const { store, baselines } = deps;
  const wasTaught = await unteach(deps, message, act);
  const [found = null] = await store.read('message', [message]);
  const taught = found === null ? null : messageOf(found).taught;
  if (taught === null) return wasTaught;
  await baselines.retract(taught);
  await store.change('message', message, (record) =>
    rewritten(record, { taught: null, takenBack: { commit: taught, act } }),
  );
  return true;
}

/** Learns again what an act took back of a message; once, however often it is asked. */
export async function learnAgain(
  { store, baselines }: Teaching,
  message: string,
  takenBackBy: string,
): Promise<boolean> {
  const again = (commit: Commit) => ({ ...commit, id: `${commit.id} again ${takenBackBy}` });
  const lesson = await readLesson(store, message);
  const isLesson = lesson !== null && lesson.takenBackBy === takenBackBy;
  if (isLesson) {
    await baselines.commit(again(lesson.commit));
    await change(store, message, (known) => ({
      ...known,
      commit: again(lesson.commit),
      takenBackBy: null,
    }));
  }
  const [found = null] = await store.read('message', [message]);
  const takenBack = found === null ? null : messageOf(found).takenBack;
  if (takenBack?.act !== takenBackBy) return isLesson;
  const taught = again(takenBack.commit);
  await baselines.commit(taught);
  await store.change('message', message, (record) =>
    rewritten(record, { taught, takenBack: null }),
  );
  return true;
}

async function readLesson(store: Teaching['store'], message: string): Promise<LessonRecord | null> {
  const [found = null] = await store.read('lesson', [message]);
  return found === null ? null : lessonOfRecord(found);
}

async function change(
  store: Teaching['store'],
  message: string,
  next: (record: LessonRecord) => LessonRecord,
): Promise<void> {
  await store.change('lesson', message, (found) =>
    found === null ? null : storedLesson(next(lessonOfRecord(found))),
  );
}

function rewritten(
  record: StoredRecord | null,
  changes: Partial<ReturnType<typeof messageOf>>,
): StoredRecord | null {
  if (record === null) return null;
  return { ...record, text: JSON.stringify({ ...messageOf(record), ...changes }) };
}
