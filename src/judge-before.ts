import { templateFunctionOf } from './alias/template-function.ts';
import { identifySender } from './alias/sender.ts';
import { appraise, type ToAppraise } from './appraise.ts';
import type { AuthenticationResults } from './authentication/results.ts';
import { decideClaim, decideUnwatched } from './decision/decide.ts';
import type { Decision } from './decision/decision.ts';
import { effectivePolicy } from './decision/effective-policy.ts';
import type { Policy } from './decision/policy.ts';
import type { ActiveRules } from './dependencies.ts';
import type { Header } from './message/header.ts';

/** A decision of other rules on a message alone, and the policy that it follows from. */
export type DecidedBefore = { readonly decision: Decision; readonly policy: Policy };

export type SeenBefore = {
  readonly header: Header;
  readonly authentication: AuthenticationResults;
  /** Of the envelope. */
  readonly recipients: readonly string[];
  /** What the rules in force appraise; null for mail that is nobody's alias by them. */
  readonly toAppraise: ToAppraise | null;
};

/**
 * What the set of rules before makes of a message alone: by its own catalogue, causes, conditions and policy. Features
 * were extracted with the lists in force, and the history is that of the alias in force: where a new set changes lists
 * or the id of an alias, that part of it is taken as the set before had it too.
 */
export function decideBefore(
  { header, authentication, recipients, toAppraise }: SeenBefore,
  before: ActiveRules,
): DecidedBefore {
  const sender = identifySender(header, authentication, before.catalogue);
  const claimed = sender.kind === 'unwatched' ? null : sender.alias;
  const policy = effectivePolicy(before.policy, { alias: claimed, purpose: null }, recipients);
  if (sender.kind === 'unwatched') return { decision: decideUnwatched(), policy };
  if (sender.kind !== 'alias')
    return { decision: decideClaim(sender.kind, sender.why, policy), policy };
  // Nothing was looked up for it: as far as anybody knows it would have passed.
  if (toAppraise === null) return { decision: decideUnwatched(), policy };
  const { alias } = sender;
  const purpose = templateFunctionOf(alias, header.subject);
  return appraise({ ...toAppraise, alias, purpose }, before);
}
