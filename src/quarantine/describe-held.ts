import type { Analysis } from '../analysis.ts';
import { heldOnlyUnder } from '../decision/only-under.ts';
import type { Policy } from '../decision/policy.ts';
import { oneLine } from '../message/one-line.ts';
import type { Transaction } from '../smtp/transaction.ts';
import { defaultQuarantineDays, expiryOf } from './expiry.ts';
import type { Explanation, HeldMessage } from './quarantine.ts';

const maxShown = 300;
const maxTerms = 60;

export type HeldUnder = {
  /** Version of the rules that judged it. */
  readonly ruleset: string;
  readonly policy: Pick<Policy, 'tag' | 'quarantine'>;
  readonly quarantineDays?: number;
};

/** What a person will see of a message we hold, and what its release will need. */
export function describeHeld(
  { id, receivedAt, connection, envelope, content }: Transaction,
  analysis: Analysis,
  { ruleset, policy, quarantineDays = defaultQuarantineDays }: HeldUnder,
): HeldMessage {
  const { header, decision, score, alias, releaseLesson } = analysis;
  return {
    id,
    heldAt: receivedAt.toISOString(),
    state: 'held',
    closedAt: null,
    expiresAt: expiryOf(receivedAt.toISOString(), quarantineDays),
    expiryNoticedAt: null,
    alias: alias ?? '',
    verdict: decision.verdict,
    scoreBits: score?.bits ?? 0,
    reason: decision.reason,
    cause: score?.cause.id ?? '',
    campaign: decision.campaign ?? '',
    ruleset,
    onlyUnder: heldOnlyUnder(decision),
    messageId: header.messageId,
    from: oneLine(header.from.map(({ address }) => address).join(', '), maxShown),
    subject: oneLine(header.subject, maxShown),
    sizeBytes: content.sizeBytes,
    connection,
    envelope,
    lesson: releaseLesson(),
    explanation: explain(score, policy),
    deliveries: [],
  };
}

function explain(score: Analysis['score'], { tag, quarantine }: HeldUnder['policy']): Explanation {
  const terms = score?.terms.slice(0, maxTerms) ?? [];
  return {
    terms: terms.map(({ signal, bits, observed, baseline }) => ({
      signal,
      bits,
      observed: oneLine(observed, maxShown),
      baseline: oneLine(baseline, maxShown),
    })),
    cause: score?.cause.title ?? '',
    benignCause: score?.benignCause.title ?? '',
    pValue: score?.pValue ?? null,
    tagBits: tag.floorBits,
    quarantineBits: quarantine.floorBits,
    quarantineChance: quarantine.budget,
    messages: score?.messages ?? 0,
    days: score?.days ?? 0,
    since: score?.since ?? null,
  };
}
