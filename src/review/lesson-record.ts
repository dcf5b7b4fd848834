import type { Commit } from '../baseline/store.ts';
import type { StoredRecord } from './review-store.ts';

/** What a release or an approval taught of one message. */
export type LessonRecord = {
  /** Id of the message. */
  readonly message: string;
  readonly commit: Commit;
  /** Id of the act that taught it. */
  readonly act: string;
  /** ISO 8601. */
  readonly at: string;
  /** Stored in the baseline for certain. */
  readonly isLearned: boolean;
  /** Id of the act that took it back, or null. */
  readonly takenBackBy: string | null;
};

/** As long as a baseline remembers. */
const lessonDays = 180;

export function storedLesson(lesson: LessonRecord): StoredRecord {
  const atMs = Date.parse(lesson.at);
  const untilMs = atMs + lessonDays * 86_400_000;
  return { id: lesson.message, atMs, untilMs, tags: [], text: JSON.stringify(lesson) };
}

export function lessonOfRecord({ text }: StoredRecord): LessonRecord {
  return JSON.parse(text) as LessonRecord;
}
