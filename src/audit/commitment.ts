import { createHmac, randomBytes } from 'node:crypto';
import type { AuditRecord } from './audit-log.ts';
import type { AuditEntry } from './audit-line.ts';

/** What a line commits to without saying it. Without the salt a commitment cannot be tested against guesses. */
export type PersonalValue = {
  readonly name: string;
  /** 128 random bits, in hexadecimal. */
  readonly salt: string;
  readonly value: string;
};

export function newSalt(): string {
  return randomBytes(16).toString('hex');
}

/** HMAC-SHA-256 of the value under its salt. */
export function commitmentTo({ salt, value }: Pick<PersonalValue, 'salt' | 'value'>): string {
  return createHmac('sha256', Buffer.from(salt, 'hex')).update(value).digest('hex');
}

/** Says what to keep where people can have it erased, and what the chain keeps for good. */
export function splitPersonal(
  record: AuditRecord,
  at: string,
): { readonly entry: AuditEntry; readonly values: readonly PersonalValue[] } {
  const { act, actor, personal } = record;
  const moved = {
    ...(actor.kind === 'recipient' ? { actor: actor.name } : {}),
    ...addressed({ subject: record.subject, reason: record.reason }),
    ...addressed(record.facts),
  };
  const values = Object.entries({ ...personal, ...moved }).map(([name, value]) => ({
    name,
    value,
    salt: newSalt(),
  }));
  // A personal value may be called like a part that stays: the subject of a message beside the id it was done to.
  const isMoved = (name: string) => Object.hasOwn(moved, name);
  return {
    entry: {
      at,
      act,
      actor: isMoved('actor') ? { ...actor, name: '' } : actor,
      subject: isMoved('subject') ? '' : record.subject,
      reason: isMoved('reason') ? '' : record.reason,
      facts: Object.fromEntries(Object.entries(record.facts).filter(([name]) => !isMoved(name))),
      personal: Object.fromEntries(values.map((value) => [value.name, commitmentTo(value)])),
    },
    values,
  };
}

/** An operator may well write an address into a reason; it must be erasable all the same. */
function addressed(texts: AuditRecord['facts']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === 'string' && /[^\s@]@[^\s@]/.test(entry[1]),
    ),
  );
}
