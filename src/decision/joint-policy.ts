import { isDeepStrictEqual } from 'node:util';
import { gravity } from './limits.ts';
import { holdingSettings, leavesOf } from './policy-override.ts';
import { type LimitKind, type Action, type Budget, type Ceiling, type Policy } from './policy.ts';
import { agreedWarning } from './warning-policy.ts';

/**
 * One policy for recipients who share a message (DESIGN 3). Where all agree it is theirs. Where they do not, rules have
 * changed between RCPT and DATA or nobody's mail may be held: then it is tagged at most, by the most eager of the
 * policies that tag, since a sender could else escape one by adding a recipient. Each agrees on a warning by itself.
 */
export function jointPolicy(policies: readonly Policy[]): Policy {
  const [first, ...others] = policies;
  if (first === undefined) throw new RangeError('a message has at least one policy');
  const warning = agreedWarning(policies.map((policy) => policy.warning));
  const holding = (policy: Policy) => leavesOf(holdingSettings(policy));
  if (others.every((other) => isDeepStrictEqual(holding(other), holding(first))))
    return { ...first, warning };
  const tagging = policies.filter(({ mode }) => mode !== 'shadow');
  return tagging.length === 0
    ? { ...first, ...mostEager(policies), warning }
    : { ...first, ...mostEager(tagging), mode: 'tag', warning };
}

type Eager = Pick<Policy, 'actions' | 'tag' | 'quarantine' | 'impersonation' | 'limits'>;

function mostEager(policies: readonly Policy[]): Eager {
  const all = <Part>(part: (policy: Policy) => Part) => policies.map(part);
  const least = (number: (policy: Policy['quarantine']) => number) =>
    Math.min(...all(({ quarantine }) => number(quarantine)));
  const tag = eagerBudget(all((policy) => policy.tag));
  const held = eagerBudget(all((policy) => policy.quarantine));
  return {
    actions: {
      suspicious: gravest(all(({ actions }) => actions.suspicious)),
      anomalous: gravest(all(({ actions }) => actions.anomalous)),
    },
    tag,
    quarantine: {
      ...held,
      minMessages: least(({ minMessages }) => minMessages),
      minDays: least(({ minDays }) => minDays),
      contactPoint: {
        minMessages: least(({ contactPoint }) => contactPoint.minMessages),
        minDays: least(({ contactPoint }) => contactPoint.minDays),
      },
    },
    impersonation: { action: gravest(all(({ impersonation }) => impersonation.action)) },
    limits: eagerCeilings(all(({ limits }) => limits)),
  };
}

function eagerBudget<Given extends Budget>(budgets: readonly Given[]): Given {
  const most = budgets.reduce((one, other) => (other.budget > one.budget ? other : one));
  return { ...most, floorBits: Math.min(...budgets.map(({ floorBits }) => floorBits)) };
}

function gravest(actions: readonly Action[]): Action {
  return actions.reduce((one, other) => (gravity[other] > gravity[one] ? other : one), 'pass');
}

function eagerCeilings(all: readonly Policy['limits'][]): Policy['limits'] {
  const of = (kind: LimitKind) =>
    all
      .map((limits) => limits[kind])
      .reduce<Ceiling | null>((one, other) => (one === null ? other : lower(one, other)), null);
  return { alias: of('alias'), actor: of('actor'), newActor: of('newActor') };
}

function lower(one: Ceiling, other: Ceiling | null): Ceiling {
  if (other === null) return one;
  const action = gravity[other.action] > gravity[one.action] ? other.action : one.action;
  return { perHour: Math.min(one.perHour, other.perHour), action };
}
