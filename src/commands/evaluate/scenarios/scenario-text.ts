import { percentText } from '../share.ts';
import type { PoisonRow, ScenarioFigures, ScenarioRow } from './scenario-figures.ts';

/** Scenarios as lines for people; nothing where no stream is long enough. */
export function scenarioLines({ rows, poisoning }: ScenarioFigures): readonly string[] {
  const played = rows.filter(({ n }) => n > 0);
  if (played.length === 0) return [];
  const poisoned = poisoning.filter(({ before }) => before.n > 0);
  return [
    'Scenarios: the path here is invented, for honest mail and attacks alike',
    ...played.filter(({ isAttack }) => isAttack).map(attackLine),
    '  honest mail                                  tagged            per 1,000   held',
    ...played.filter(({ isAttack }) => !isAttack).map(honestLine),
    ...(poisoned.length === 0
      ? []
      : [
          '  poison for 40 days                           sent  flagged   recall before  after  points lost',
          ...poisoned.map(poisonLine),
        ]),
  ];
}

function attackLine({ scenario, n, tagged, quarantined, perAlias, title }: ScenarioRow): string {
  const delivered = perAlias
    .map(({ beforeFirstFlag }) => (beforeFirstFlag === null ? 'all' : String(beforeFirstFlag)))
    .join(', ');
  return `  ${scenario.padEnd(24)}tagged ${tagged} of ${n}, held ${quarantined}; delivered before the first flag, by alias: ${delivered}  ${title}`;
}

function honestLine({ scenario, title, n, tagged, quarantined, perThousand }: ScenarioRow): string {
  const counts = `${tagged} of ${n}`.padEnd(18);
  return `  ${scenario.padEnd(45)}${counts}${perThousand.toFixed(1).padEnd(12)}${String(quarantined).padEnd(6)}${title}`;
}

function poisonLine({ poison, kind, title, sent, before, after, pointsLost }: PoisonRow): string {
  const recall = ({ n, tagged }: { readonly n: number; readonly tagged: number }) =>
    percentText(tagged, n);
  return `  ${`${poison}, kind ${kind}`.padEnd(45)}${String(sent.n).padEnd(6)}${String(sent.tagged).padEnd(10)}${recall(before).padEnd(15)}${recall(after).padEnd(7)}${pointsLost.toFixed(0).padEnd(13)}${title}`;
}
