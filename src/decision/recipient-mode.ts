import type { Mode, Policy, RecipientDomains } from './policy.ts';
import { domainOf } from './recipient-domain.ts';

/** From the least harmful to the most. */
const modesByHarm: readonly Mode[] = ['shadow', 'tag', 'enforce'];

type Modes = Pick<Policy, 'mode' | 'recipientDomains'>;

/** Mode for the mail of one recipient: that of the entry with its domain, else the one for all. */
export function recipientMode(recipient: string, { mode, recipientDomains }: Modes): Mode {
  const domain = domainOf(recipient);
  return recipientDomains.find(({ domains }) => domains.includes(domain))?.mode ?? mode;
}

/**
 * Whether a recipient may join the first of a transaction. All of them share one reply to DATA, and where one
 * recipient's mail may be held and another's may not there is none that fits both (RFC 5321 §4.5.3.1.10: the client
 * sends the others in another transaction).
 */
export function maySharePolicy(first: string, candidate: string, policy: Modes): boolean {
  const mayBeHeld = (recipient: string) => recipientMode(recipient, policy) === 'enforce';
  return mayBeHeld(first) === mayBeHeld(candidate);
}

/**
 * The policy of a transaction (DESIGN 3). It enforces only where all recipients agree, so that rules which change
 * between RCPT and DATA never hold mail of a recipient whose mode forbids it. Otherwise one that is not in shadow has
 * the tag put there for all: it only adds header fields, and a sender could else escape it by adding a recipient.
 */
export function policyFor(recipients: readonly string[], policy: Policy): Policy {
  if (policy.recipientDomains.length === 0 || recipients.length === 0) return policy;
  // Many recipients have few domains.
  const examples = new Map(
    recipients.map((recipient) => [domainOf(recipient), recipient]),
  ).values();
  const modes = [...examples].map((recipient) => recipientMode(recipient, policy));
  return { ...policy, mode: jointMode(modes) };
}

/** A mode given from outside the rules (`--mode`) replaces the one for all and is the most that is done to anybody. */
export function withMode(policy: Policy, mode: Mode): Policy {
  const recipientDomains = policy.recipientDomains.map((entry): RecipientDomains => ({
    ...entry,
    mode: leastHarmful([entry.mode, mode]),
  }));
  return { ...policy, mode, recipientDomains };
}

function jointMode(modes: readonly Mode[]): Mode {
  const [first = 'shadow'] = modes;
  return modes.every((mode) => mode === first) ? first : 'tag';
}

function leastHarmful(modes: readonly Mode[]): Mode {
  return modesByHarm.find((mode) => modes.includes(mode)) ?? 'shadow';
}
