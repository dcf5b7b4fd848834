import { digest } from '../decision/campaign.ts';
import type { ConfirmedAttack } from '../decision/confirmed-attacks.ts';
import type { StoredRecord } from './review-store.ts';

/** A confirmed campaign, with what the organization's ledgers were told of it. */
export type AttackRecord = ConfirmedAttack & {
  /** `table value`. */
  readonly values: readonly string[];
  /** Ids of messages that somebody pointed at, at most 100: they belong to it whatever they share. */
  readonly named: readonly string[];
  /** Id of the act, and when. */
  readonly act: string;
  readonly at: string;
};

/** Under this tag all of them stand, so that they can be bounded. */
export const everyAttack = 'every';

export function storedAttack(attack: AttackRecord): StoredRecord {
  return {
    id: attack.campaign,
    atMs: Date.parse(attack.at),
    untilMs: null,
    tags: [everyAttack],
    text: JSON.stringify(attack),
  };
}

export function attackOf({ text }: StoredRecord): AttackRecord {
  return JSON.parse(text) as AttackRecord;
}

/** The campaign of a message that nobody counted to one. */
export function campaignOfOne(message: string): string {
  return digest('message', message);
}

/** How the organization's ledgers call it among the aliases that carried a value. */
export function carrierName(campaign: string): string {
  return `confirmed-attack-${campaign}`;
}
