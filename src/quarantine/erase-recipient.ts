import type { CountedErasable } from '../audit/erasable.ts';
import { allHeld } from './all-held.ts';
import type { HeldMail } from './open-held-mail.ts';
import type { HeldSummary } from './quarantine.ts';

type Kept = Pick<HeldMail, 'list' | 'purge' | 'scrub'>;

/**
 * Purges mail to a person that nobody waits for any more. What is still held stays: somebody has to release or delete it
 * first, for no mail is dropped in silence (promise P1).
 */
export function erasableQuarantine(quarantine: Kept): CountedErasable {
  const closed = async (recipient: string) =>
    (await Array.fromAsync(allHeld(quarantine, { recipient, state: 'any' }))).filter(
      ({ state }) => state !== 'held',
    );
  return {
    countRecipient: async (address) => (await closed(address)).length,
    eraseRecipient: async (address) => {
      const entries = await closed(address);
      for (const { id } of entries) await quarantine.purge(id);
      // Also where there was nothing: an erasure before this one may not have come so far.
      await quarantine.scrub();
      return entries.length;
    },
  };
}

/** What cannot be erased yet. */
export function heldFor(
  quarantine: Pick<Kept, 'list'>,
  recipient: string,
): Promise<readonly HeldSummary[]> {
  return Array.fromAsync(allHeld(quarantine, { recipient, state: 'held' }));
}
