import {
  authenticationResults,
  renderFields,
  traceFields,
  verdictFields,
} from './action/header-fields.ts';
import { analyse, type Analysis } from './analysis.ts';
import type { ActiveRules, Dependencies, Names } from './dependencies.ts';
import { describeHeld } from './quarantine/describe-held.ts';
import { isPositive, reply, type Reply } from './smtp/reply.ts';
import type { NextHopTransaction } from './smtp/next-hop.ts';
import type { Transaction } from './smtp/transaction.ts';

/**
 * One mail transaction, top to bottom. All I/O is in `nextHop` and `deps`; everything else is pure. The reply returned
 * is the client's final reply, and a 2yz means the message is at the next hop or fsynced in quarantine (promise P1).
 */
export async function processTransaction(
  received: Transaction,
  nextHop: NextHopTransaction,
  deps: Dependencies,
): Promise<Reply> {
  const startedMs = performance.now();
  const rules = deps.rules({ id: received.id, recipients: received.envelope.rcptTo });
  const transaction = await deps.withoutForgedFields(received);

  // message → authentication → alias → features → baseline → score → decision
  const analysis = await analyse(transaction, rules, deps);

  // action → relay (or hold, or refuse)
  const isRelay = nextHop.hold === undefined;
  const prefix = ourFields(transaction, analysis, { rules, names: deps.names, isRelay });
  const answer = await act(transaction, nextHop, { analysis, prefix, rules, deps });

  // learn: only from mail that the next hop took
  const isDelivered = isPositive(answer) && analysis.decision.effectiveAction !== 'quarantine';
  if (isDelivered && analysis.lesson) deps.learn(analysis.lesson);
  void deps.feedOrganization({ transaction, analysis, lists: rules.lists, isDelivered });
  if (isPositive(answer))
    deps.remember?.({ transaction, analysis, reply: answer, lists: rules.lists });
  // What the next hop refuses, or we defer, comes again; what we refuse does not.
  if (isPositive(answer) || analysis.decision.effectiveAction === 'reject')
    deps.keepVector?.({ transaction, analysis, rules });
  deps.events.transactionCompleted({
    transaction,
    reply: answer,
    ruleset: rules.version,
    durationMs: performance.now() - startedMs,
    ...analysis,
  });
  return answer;
}

type Naming = {
  readonly rules: ActiveRules;
  readonly names: Names;
  /** Mail passes through us, so that we are one of the hops that `Received` fields tell of. */
  readonly isRelay: boolean;
};

function ourFields(
  transaction: Transaction,
  analysis: Analysis,
  { rules, names, isRelay }: Naming,
): Buffer {
  const { id } = transaction;
  const { mode } = analysis.policy;
  const facts = { transaction, authentication: analysis.authentication, ...names };
  const trace = isRelay ? traceFields(facts) : [authenticationResults(facts)];
  return renderFields([
    ...verdictFields({ ...analysis, ruleset: rules.version, id, mode }),
    ...trace,
  ]);
}

type Act = {
  readonly analysis: Analysis;
  readonly prefix: Buffer;
  readonly rules: ActiveRules;
  readonly deps: Dependencies;
};

async function act(
  transaction: Transaction,
  nextHop: NextHopTransaction,
  { analysis, prefix, rules, deps }: Act,
): Promise<Reply> {
  const { id } = transaction;
  switch (analysis.decision.effectiveAction) {
    case 'pass':
      return nextHop.deliver(prefix, transaction.content);
    case 'tag': {
      const outgoing = await deps.warnRecipients(transaction, analysis, rules, prefix);
      return nextHop.deliver(outgoing.prefix, outgoing.content);
    }
    case 'quarantine':
      if (nextHop.hold !== undefined)
        return nextHop.hold(prefix, transaction.content, analysis.decision.reason);
      await nextHop.abandon();
      return hold(transaction, { analysis, prefix, rules, deps });
    case 'defer':
      await nextHop.abandon();
      return reply(451, '4.7.1', `Deferred for review; ask about ${id}${contact(deps)}`);
    case 'reject':
      await nextHop.abandon();
      return reply(550, '5.7.1', `Refused by policy; ask about ${id}${contact(deps)}`);
  }
}

/** Fsynced, or the client keeps the mail: never a silent drop (DESIGN 9). */
async function hold(
  transaction: Transaction,
  { analysis, prefix, rules, deps }: Act,
): Promise<Reply> {
  const { quarantineDays } = deps;
  const under = {
    ruleset: rules.version,
    policy: analysis.policy,
    ...(quarantineDays === undefined ? {} : { quarantineDays }),
  };
  try {
    await deps.quarantine.hold(
      describeHeld(transaction, analysis, under),
      prefix,
      transaction.content,
    );
  } catch (error) {
    deps.events.holdFailed(error, transaction.id);
    return reply(451, '4.3.1', 'Cannot keep the message now; try again later');
  }
  deps.events.messageHeld(transaction.id, analysis.alias ?? '', transaction.content.sizeBytes);
  return reply(250, '2.0.0', `Held for review as ${transaction.id}${contact(deps)}`);
}

function contact({ names }: Dependencies): string {
  return names.contactUrl === '' ? '' : ` at ${names.contactUrl}`;
}
