import { QuarantineError } from '../quarantine/quarantine-error.ts';
import type { HeldMessage } from '../quarantine/quarantine.ts';
import type { ConsoleSources } from './sources.ts';

/** Null where there is none, also for what is no id of ours: nothing can be held under it. */
export async function findHeld(
  { quarantine }: Pick<ConsoleSources, 'quarantine'>,
  id: string,
): Promise<HeldMessage | null> {
  return quarantine.find(id).catch((error: unknown) => {
    if (error instanceof QuarantineError && error.problem === 'invalid-id') return null;
    throw error;
  });
}
