import { ObjectsError } from './objects.ts';

/**
 * `full`: no space, quota or inodes; `denied`: permissions or a read-only file system; `missing`: no such message;
 * `damaged`: an entry that cannot be read back; `locked`: encrypted with a key that we do not have; `invalid-id`: not an
 * id of ours, or not a place in a list; `held`: not to be purged, since somebody waits for it; `deleted`: not to be
 * released, since it is in the bin; `busy`: somebody else changes it; `elsewhere`: in the directory of another node;
 * `unreachable`: the object storage does not answer; `failed`: any other trouble.
 */
export type QuarantineProblem =
  | 'full'
  | 'denied'
  | 'missing'
  | 'damaged'
  | 'locked'
  | 'invalid-id'
  | 'held'
  | 'deleted'
  | 'busy'
  | 'elsewhere'
  | 'unreachable'
  | 'failed';

/** The one error a quarantine rejects with; from `hold` it means that the client has to keep the message (451 4.3.1). */
export class QuarantineError extends Error {
  override readonly name = 'QuarantineError';
  readonly problem: QuarantineProblem;

  constructor(problem: QuarantineProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}

const problemOfCode: Readonly<Record<string, QuarantineProblem>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  ENOENT: 'missing',
};

/** What went wrong while doing `attempt` ("write message x"), as a problem with a name. */
export function asQuarantineError(error: unknown, attempt: string): QuarantineError {
  if (error instanceof QuarantineError) return error;
  const code = errorCode(error);
  const problem = error instanceof ObjectsError ? error.problem : (problemOfCode[code] ?? 'failed');
  return new QuarantineError(problem, `cannot ${attempt}: ${code}`, { cause: error });
}

export const tooLarge = 'larger than any description';

/** `ENOSPC`, or the message where an error has no code. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

/** For what may be gone already. @throws every other error again. */
export function ignoreMissing(error: unknown): void {
  if (errorCode(error) !== 'ENOENT') throw error;
}
