import { limitKinds, type Action, type Ceiling, type LimitKind, type Policy } from './policy.ts';

/** Messages in the sliding hour, this one included. */
export type HourlyTraffic = {
  readonly aliasHourMessages: number;
  /** Of whoever filled the slots of this message. */
  readonly actorHourMessages: number;
  /** Nobody like that ever filled them before. */
  readonly actorIsNew: boolean;
};

export type ExceededLimit = {
  readonly limit: LimitKind;
  readonly action: Ceiling['action'];
  /** One sentence for a person. */
  readonly reason: string;
};

/**
 * The ceiling that this message is past, or null; of several the one with the gravest action. A ceiling is an operator's
 * word and holds whatever the message scores, also where a baseline is still young.
 */
export function exceededLimit(
  traffic: HourlyTraffic,
  { limits }: Pick<Policy, 'limits'>,
): ExceededLimit | null {
  const exceeded = limitKinds.flatMap((limit) => exceededOf(limit, limits[limit], traffic));
  return exceeded.reduce<ExceededLimit | null>(
    (worst, candidate) =>
      worst === null || gravity[candidate.action] > gravity[worst.action] ? candidate : worst,
    null,
  );
}

/** How much an action does to a message. */
export const gravity: Readonly<Record<Action, number>> = {
  pass: 0,
  tag: 1,
  defer: 2,
  quarantine: 3,
  reject: 4,
};

const subjects: Readonly<Record<LimitKind, string>> = {
  alias: 'this alias',
  actor: 'whoever wrote this through the alias',
  newActor: 'somebody new to this alias',
};

function exceededOf(
  limit: LimitKind,
  ceiling: Ceiling | null,
  traffic: HourlyTraffic,
): readonly ExceededLimit[] {
  if (ceiling === null || (limit === 'newActor' && !traffic.actorIsNew)) return [];
  const sent = limit === 'alias' ? traffic.aliasHourMessages : traffic.actorHourMessages;
  if (sent <= ceiling.perHour) return [];
  const reason = `${subjects[limit]} sent ${sent} messages in an hour; the limit is ${ceiling.perHour}`;
  return [{ limit, action: ceiling.action, reason }];
}
