import type { Alerts } from '../alerts/alerts.ts';
import { templateFunctionOf } from '../alias/template-function.ts';
import { appraise } from '../appraise.ts';
import type { BaselineStore } from '../baseline/store.ts';
import type { Action } from '../decision/policy.ts';
import type { ActiveRules } from '../dependencies.ts';
import { extractFeatures } from '../features/extract-features.ts';
import type { Pseudonym } from '../features/hash.ts';
import type { Judged } from '../judge.ts';
import type { OrganizationLedgers } from '../organization/ledgers.ts';
import { organizationRequestOf } from '../organization/request.ts';
import { lookupsOf } from '../score/known-values.ts';
import { changeBetween, type ShadowChange } from './shadow-change.ts';

export type ShadowComparison = {
  readonly change: ShadowChange;
  readonly id: string;
  readonly alias: string;
  /** Of the candidate. */
  readonly version: string;
  /** Null where the candidate made nothing of it. */
  readonly candidate: { readonly action: Action; readonly bits: number } | null;
  readonly error?: unknown;
};

export type CompareShadowOptions = {
  readonly shadow: () => ActiveRules | null;
  readonly baselines: Pick<BaselineStore, 'observe'>;
  readonly organization: Pick<OrganizationLedgers, 'look'> | null;
  readonly alerts: Pick<Alerts, 'withBudgets'>;
  readonly pseudonym: Pseudonym;
  readonly onCompared: (compared: ShadowComparison) => void;
};

/** Judges a message by the candidate as well, once its own verdict is given; nothing waits for it. */
export function compareShadow(options: CompareShadowOptions): (judged: Judged) => void {
  return (judged) => {
    const candidate = options.shadow();
    if (candidate === null || candidate.version === judged.rules.version) return;
    setImmediate(() => void compare(judged, candidate, options).then(options.onCompared));
  };
}

async function compare(
  judged: Judged,
  candidate: ActiveRules,
  options: CompareShadowOptions,
): Promise<ShadowComparison> {
  const { toJudge, appraisal } = judged;
  const about = {
    id: toJudge.transaction.id,
    alias: toJudge.alias.id,
    version: candidate.version,
  };
  try {
    const other = await appraiseBy(candidate, judged, options);
    if (other === null) return { ...about, change: 'unwatched', candidate: null };
    const { score, decision } = other;
    return {
      ...about,
      change: changeBetween(appraisal.decision.action, decision.action),
      candidate: { action: decision.action, bits: score.bits },
    };
  } catch (error) {
    return { ...about, change: 'failed', candidate: null, error };
  }
}

async function appraiseBy(
  candidate: ActiveRules,
  judged: Judged,
  { baselines, organization, alerts, pseudonym }: CompareShadowOptions,
) {
  const { toJudge, toAppraise, request, rules } = judged;
  const { transaction, message, authentication, address } = toJudge;
  const alias = candidate.catalogue.find(address);
  if (alias === null) return null;
  const by = { ...candidate, policy: alerts.withBudgets(candidate.policy, toAppraise.at) };
  const purpose = templateFunctionOf(alias, message.subject);
  if (alias.id === toJudge.alias.id && readsTheSame(rules, candidate))
    return appraise({ ...toAppraise, alias, purpose }, by);
  // Other lists or packs read other things out of a message: it is read, and its history looked up, again.
  const { lists } = candidate;
  const features = extractFeatures({
    ...{ transaction, message, authentication, lists, pseudonym, address, alias },
  });
  const again = { ...request, alias: alias.id, values: lookupsOf(features), count: false };
  const [observation, view] = await Promise.all([
    baselines.observe(again),
    organization?.look(organizationRequestOf(features, again)).catch(() => null) ?? null,
  ]);
  return appraise({ ...toAppraise, alias, purpose, features, observation, organization: view }, by);
}

/** Files that features come from. */
function readsTheSame(left: ActiveRules, right: ActiveRules): boolean {
  const told = (rules: ActiveRules) =>
    [...rules.files].filter(
      ([name]) => !/^(policy|causes|conditions)\.yaml$|^notices\//.test(name),
    );
  const other = told(right);
  const own = told(left);
  return (
    own.length === other.length &&
    own.every(([name, bytes]) => right.files.get(name)?.equals(bytes) === true)
  );
}
