import { createHash } from 'node:crypto';
import { domainOf } from '../decision/recipient-domain.ts';
import type { Stage } from './rule-set-store.ts';

/** What a message is chosen by. */
export type ChosenBy = { readonly id: string; readonly recipients: readonly string[] };

/**
 * Whether a candidate decides about a message. The share is of messages and the same on every node; with domains nobody
 * outside of them is decided about by the candidate.
 */
export function isCanaryMessage(
  { version, stage }: { readonly version: string; readonly stage: Stage },
  { id, recipients }: ChosenBy,
): boolean {
  if (stage.kind === 'shadow') return false;
  if ('share' in stage) return placeOf(version, id) < stage.share;
  return (
    recipients.length > 0 &&
    recipients.every((recipient) => stage.recipientDomains.includes(domainOf(recipient)))
  );
}

/** 0 to 1, below 1; other messages have it low for another version. */
function placeOf(version: string, id: string): number {
  const hash = createHash('sha256').update(`${version} ${id}`).digest();
  return hash.readUInt32BE(0) / 2 ** 32;
}
