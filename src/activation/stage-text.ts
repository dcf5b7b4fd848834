import type { Stage } from './rule-set-store.ts';

/** What a candidate decides, for people. */
export function stageText(stage: Stage): string {
  if (stage.kind === 'shadow') return 'shadow: it decides nothing';
  return 'share' in stage
    ? `canary, ${(stage.share * 100).toFixed(1)} % of mail`
    : `canary, mail to ${stage.recipientDomains.join(', ')}`;
}
