import type { Action, Policy } from '../decision/policy.ts';

/** Two settings that contradict each other, each by its path and with what to write in its place. */
export type PolicyFault = {
  readonly held: Side;
  readonly tagged: Side;
};
type Side = {
  readonly path: string;
  readonly value: string;
  /** What it must not be, as the end of a sentence about it. */
  readonly message: string;
  readonly hint: string;
};

/** How far an action keeps mail from its recipient. */
const severity: Readonly<Record<Action, number>> = {
  pass: 0,
  tag: 1,
  quarantine: 2,
  defer: 2,
  reject: 2,
};

/** What is wrong with a policy as a whole: holding mail must never be what happens sooner than tagging it. */
export function policyFaults({ actions, tag, quarantine }: Policy): readonly PolicyFault[] {
  const { suspicious, anomalous } = actions;
  const faults: PolicyFault[] = [];
  if (severity[anomalous] < severity[suspicious])
    faults.push({
      held: {
        path: 'actions.anomalous',
        value: anomalous,
        message: 'must not be milder than what happens to suspicious mail',
        hint: `write \`${suspicious}\`, or a milder one for suspicious`,
      },
      tagged: {
        path: 'actions.suspicious',
        value: suspicious,
        message: 'must not be graver than what happens to anomalous mail',
        hint: `write \`${anomalous}\`, or a graver one for anomalous`,
      },
    });
  const unit = unitOf({ tag, quarantine });
  const [most, held] = unit === null ? [0, 0] : [tag[unit] ?? 0, quarantine[unit] ?? 0];
  if (held > most)
    faults.push({
      held: {
        path: `quarantine.${String(unit)}`,
        value: String(held),
        message: 'holding mail must not be more frequent than tagging it',
        hint: `write at most ${most}`,
      },
      tagged: {
        path: `tag.${String(unit)}`,
        value: String(most),
        message: 'tagging mail must not be rarer than holding it',
        hint: `write at least ${held}`,
      },
    });
  if (quarantine.floorBits < tag.floorBits)
    faults.push({
      held: {
        path: 'quarantine.floorBits',
        value: String(quarantine.floorBits),
        message: 'holding mail must not need less evidence than tagging it',
        hint: `write at least ${tag.floorBits}`,
      },
      tagged: {
        path: 'tag.floorBits',
        value: String(tag.floorBits),
        message: 'tagging mail must not need more evidence than holding it',
        hint: `write at most ${quarantine.floorBits}`,
      },
    });
  return faults;
}

/** A share and a number a day cannot be compared before mail has been counted, nor numbers of two kinds of mail. */
function unitOf({
  tag,
  quarantine,
}: Pick<Policy, 'tag' | 'quarantine'>): 'budget' | 'alertsPerDay' | null {
  if (tag.alertsPerDay === null && quarantine.alertsPerDay === null) return 'budget';
  const isComparable =
    tag.alertsPerDay !== null && quarantine.alertsPerDay !== null && tag.scope === quarantine.scope;
  return isComparable ? 'alertsPerDay' : null;
}
