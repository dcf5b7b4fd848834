/** Null where that failed, or where the run had been ended before it began. */
export type Attempt = <Value>(what: string, work: () => Promise<Value>) => Promise<Value | null>;

/** For things that are done one after another: what fails is told and gives null, and the others go on. */
export function createAttempt(tell: (text: string) => void, ending: AbortSignal) {
  const failed: string[] = [];
  const attempt: Attempt = async (what, work) => {
    try {
      ending.throwIfAborted();
      tell(what);
      return await work();
    } catch (error) {
      failed.push(what);
      const reason = error instanceof Error ? error.message : String(error);
      tell(ending.aborted ? `${what}: ended` : `${what} failed: ${reason}`);
      return null;
    }
  };
  return { attempt, failed: failed as readonly string[] };
}
