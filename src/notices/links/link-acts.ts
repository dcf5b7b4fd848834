import { createHash } from 'node:crypto';
import type { HeldMessage, Quarantine } from '../../quarantine/quarantine.ts';
import type { Outbox } from '../outbox.ts';
import type { TextName } from '../notice-texts.ts';
import type { LinkKeys } from './link-keys.ts';
import type { ReleaseRequests, UsedLinks } from './recipient-requests.ts';
import { readLink, type LinkClaim, type LinkPurpose } from './signed-link.ts';

/** What became of opening or using a link, in a closed set. */
export type LinkOutcome =
  | 'asked'
  | 'requested'
  | 'released'
  | 'reported'
  | 'refused'
  | 'used'
  | 'expired'
  | 'invalid'
  | 'gone'
  | 'failed';

/** What the person behind a link is shown. */
export type LinkAnswer = {
  readonly outcome: LinkOutcome;
  readonly status: number;
  readonly says: TextName;
  /** Whose link it was; null where it was not signed by us. */
  readonly claim: LinkClaim | null;
  /** The message that is asked about; a button goes with it. */
  readonly question: Pick<HeldMessage, 'from' | 'subject' | 'heldAt'> | null;
};

export type LinkActs = {
  /** Changes nothing: mail scanners open every link. */
  readonly look: (token: string) => Promise<LinkAnswer>;
  /** Does what the link was signed for, once. */
  readonly use: (token: string) => Promise<LinkAnswer>;
};

export type LinkDependencies = {
  readonly keys: () => Promise<LinkKeys>;
  readonly quarantine: Pick<Quarantine, 'find'>;
  readonly requests: Pick<ReleaseRequests, 'add'>;
  readonly used: UsedLinks;
  readonly outbox: Pick<Outbox, 'add'>;
  /** Who hears of requests and reports. */
  readonly admins: readonly string[];
  readonly recipientRelease: 'request' | 'release';
  /** Releases the copy of this one recipient; false where the next hop did not take it. */
  readonly release: (message: string, recipient: string) => Promise<boolean>;
  readonly onUsed: (
    purpose: LinkPurpose | 'none',
    outcome: LinkOutcome,
    facts: { readonly message: string; readonly error: unknown },
  ) => void;
  readonly now: () => Date;
};

type Usable = { readonly claim: LinkClaim; readonly mac: string; readonly held: HeldMessage };

export function createLinkActs(deps: LinkDependencies): LinkActs {
  const guarded = async (act: () => Promise<LinkAnswer>): Promise<LinkAnswer> => {
    let error: unknown = null;
    const answer = await act().catch((failure: unknown) => {
      error = failure;
      return answered('failed', 500, 'pageFailed', null);
    });
    const { claim, outcome } = answer;
    deps.onUsed(claim?.purpose ?? 'none', outcome, { message: claim?.message ?? '', error });
    return answer;
  };
  return {
    look: (token) =>
      guarded(async () => {
        const reading = await usable(token, deps);
        if (!('held' in reading)) return reading;
        const { claim, held } = reading;
        const says = questionOf(claim.purpose, deps.recipientRelease);
        return { ...answered('asked', 200, says, claim), question: held };
      }),
    use: (token) =>
      guarded(async () => {
        const reading = await usable(token, deps);
        return 'held' in reading ? perform(reading, deps) : reading;
      }),
  };
}

function questionOf(purpose: LinkPurpose, recipientRelease: 'request' | 'release'): TextName {
  if (purpose === 'report') return 'pageReport';
  return recipientRelease === 'release' ? 'pageRelease' : 'pageAskRelease';
}

async function usable(
  token: string,
  { keys, quarantine, now }: LinkDependencies,
): Promise<Usable | LinkAnswer> {
  const reading = readLink(token, await keys(), now());
  if (!reading.ok)
    return reading.problem === 'expired'
      ? answered('expired', 410, 'pageExpired', reading.claim)
      : answered('invalid', 404, 'pageInvalid', null);
  const { claim, mac } = reading;
  const held = await quarantine.find(claim.message);
  const isWaiting =
    held?.state === 'held' &&
    held.envelope.rcptTo.includes(claim.recipient) &&
    !held.deliveries.some(({ recipient, delivered }) => delivered && recipient === claim.recipient);
  return held !== null && isWaiting
    ? { claim, mac, held }
    : answered('gone', 410, 'pageGone', claim);
}

async function perform({ claim, mac }: Usable, deps: LinkDependencies): Promise<LinkAnswer> {
  const { used, now } = deps;
  // The file of used links proves nothing to who reads it.
  const mark = createHash('sha256').update(mac).digest('base64url');
  if (!used.take(mark, claim.expiresAt, now())) return answered('used', 409, 'pageUsed', claim);
  try {
    const answer = await actOn(claim, deps);
    if (answer.status < 400) used.done(mark);
    else used.giveBack(mark);
    return answer;
  } catch (error) {
    used.giveBack(mark);
    throw error;
  }
}

async function actOn(claim: LinkClaim, deps: LinkDependencies): Promise<LinkAnswer> {
  const { message, recipient, purpose } = claim;
  if (purpose === 'release' && deps.recipientRelease === 'release')
    return (await deps.release(message, recipient))
      ? answered('released', 200, 'pageReleased', claim)
      : answered('refused', 503, 'pageNotReleased', claim);
  const now = deps.now();
  deps.requests.add({ kind: purpose, message, recipient }, now);
  deps.outbox.add(
    {
      kind: purpose === 'release' ? 'request' : 'report',
      message,
      campaign: message,
      to: deps.admins.map((address) => ({ address, audience: 'admin' })),
    },
    now,
  );
  return purpose === 'release'
    ? answered('requested', 200, 'pageAsked', claim)
    : answered('reported', 200, 'pageReported', claim);
}

function answered(
  outcome: LinkOutcome,
  status: number,
  says: TextName,
  claim: LinkClaim | null,
): LinkAnswer {
  return { outcome, status, says, claim, question: null };
}
