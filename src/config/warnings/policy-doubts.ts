import { gravity } from '../../decision/limits.ts';
import type { Doubt, RuleDocuments } from './rule-documents.ts';

/** What `policy.yaml` says without any effect. */
export function policyDoubts({ policy }: RuleDocuments): readonly Doubt[] {
  const { file, value } = policy;
  const found = [
    ...unreachableMaturity(value),
    ...idleCeilings(value),
    ...noteWithoutBanner(value),
  ];
  return found.map((doubt) => ({ ...doubt, file, on: 'value' }));
}

type Policy = RuleDocuments['policy']['value'];
type Found = Omit<Doubt, 'file' | 'on'>;

/** Days are counted within the window alone. */
function unreachableMaturity({ quarantine, learning }: Policy): readonly Found[] {
  const { windowDays } = learning;
  const hint = `write at most ${windowDays}, or a longer learning.windowDays`;
  const of = (path: readonly string[], minDays: number) =>
    minDays <= windowDays
      ? []
      : [
          {
            path: [...path, 'minDays'],
            message: `no alias ever has ${minDays} days of history: learning.windowDays is ${windowDays}`,
            hint,
          },
        ];
  const { minMessages, minDays, contactPoint } = quarantine;
  const isIdle = contactPoint.minMessages >= minMessages && contactPoint.minDays >= minDays;
  const isBelow = contactPoint.minMessages > minMessages || contactPoint.minDays > minDays;
  const idle = {
    path: ['quarantine', 'contactPoint'],
    message: `has no effect: \`quarantine\` itself asks for less (${minMessages} messages, ${minDays} days)`,
    hint: `write fewer messages than ${minMessages}, or fewer days than ${minDays}, or remove it`,
  };
  return [
    ...of(['quarantine'], minDays),
    ...of(['quarantine', 'contactPoint'], contactPoint.minDays),
    ...(isIdle && isBelow ? [idle] : []),
  ];
}

/** Who is past one ceiling is always past the lower one, and the graver action counts. */
function idleCeilings({ limits }: Policy): readonly Found[] {
  const pairs = [
    ['actor', 'alias'],
    ['newActor', 'alias'],
    ['newActor', 'actor'],
  ] as const;
  return pairs.flatMap(([name, wider]) => {
    const [own, other] = [limits[name], limits[wider]];
    if (own === null || other === null || own.perHour < other.perHour) return [];
    if (gravity[other.action] < gravity[own.action]) return [];
    const lower = `limits.${wider} is ${other.perHour} an hour (${other.action})`;
    return [
      {
        path: ['limits', name, 'perHour'],
        message: `this ceiling is never reached first: ${lower}`,
        hint: `write less than ${other.perHour}, or a graver action, or remove it`,
      },
    ];
  });
}

function noteWithoutBanner({ warning }: Policy): readonly Found[] {
  const isSomewhere = JSON.stringify(warning).includes('"banner":true');
  if (warning.note === '' || isSomewhere) return [];
  return [
    {
      path: ['warning', 'note'],
      message: 'nobody reads this note: it stands below the banner, and there is none',
      hint: 'write `banner: true`, or remove the note',
    },
  ];
}
