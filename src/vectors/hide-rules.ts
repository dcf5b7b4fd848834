import type { Alias, Pack } from '../alias/alias.ts';
import type { Policy } from '../decision/policy.ts';
import type { ActiveRules } from '../dependencies.ts';
import type { Pseudonym } from '../features/hash.ts';
import type { CauseTable, SignalPrior } from '../score/causes.ts';
import { hiddenDomain, hiddenRecipient } from './hidden-recipients.ts';
import { hiddenForms, hiddenValues, type HiddenValues } from './hidden-values.ts';

/** Rules as kept messages are held against them: every value that they name is hidden as the messages' are. */
export type HiddenRules = Pick<
  ActiveRules,
  'version' | 'causes' | 'policy' | 'conditions' | 'lists'
> & {
  readonly aliases: ReadonlyMap<string, Alias>;
};

export function hideRules(rules: ActiveRules, pseudonym: Pseudonym): HiddenRules {
  const hidden = hiddenValues(pseudonym);
  return {
    version: rules.version,
    causes: hideCauses(rules.causes, hidden),
    policy: hidePolicy(rules.policy, pseudonym),
    conditions: rules.conditions,
    lists: rules.lists,
    aliases: new Map(
      rules.catalogue.aliases.map((alias) => [
        alias.id,
        { ...alias, pack: alias.pack && hidePack(alias.pack, hidden) },
      ]),
    ),
  };
}

function hidePack(pack: Pack, hidden: HiddenValues): Pack {
  const under = (table: string, values: readonly string[]) =>
    values.map((value) => hidden.value(table, value));
  return {
    ...pack,
    linkDomains: under('domain', pack.linkDomains),
    phones: under('contact', pack.phones),
    replyToDomains: under('reply-to', pack.replyToDomains),
    bounceDomains: under('mail-from', pack.bounceDomains),
    boilerplate: under('line', pack.boilerplate),
  };
}

/** `coldBy` may name a value: classes and levels stand in the clear, everything else under its hash. */
function hideCauses(causes: CauseTable, hidden: HiddenValues): CauseTable {
  const signals = Object.fromEntries(
    Object.entries(causes.signals).map(([signal, prior]) => [signal, hidePrior(prior, hidden)]),
  ) as CauseTable['signals'];
  return { ...causes, signals };
}

function hidePrior(prior: SignalPrior, hidden: HiddenValues): SignalPrior {
  const coldBy = Object.fromEntries(
    Object.entries(prior.coldBy).flatMap(([what, rate]) =>
      hiddenForms(what, hidden).map((form) => [form, rate]),
    ),
  );
  return { ...prior, coldBy };
}

function hidePolicy(policy: Policy, pseudonym: Pseudonym): Policy {
  const hiddenAs = (names: ReadonlySet<string>, hide: typeof hiddenDomain) =>
    new Set([...names].map((name) => hide(name, pseudonym)));
  return {
    ...policy,
    overrides: policy.overrides.map(({ for: selectors, set }) => {
      const { recipient, recipientDomain, ...mail } = selectors;
      const domains = recipientDomain && hiddenAs(recipientDomain, hiddenDomain);
      const people = recipient && hiddenAs(recipient, hiddenRecipient);
      return {
        for: {
          ...mail,
          ...(domains && { recipientDomain: domains }),
          ...(people && { recipient: people }),
        },
        set,
      };
    }),
  };
}
