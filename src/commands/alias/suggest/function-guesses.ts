import { mailFunctions, type MailFunction } from '../../../alias/alias.ts';
import type { UseFacts } from '../use-report.ts';
import type { DraftedValue } from './pack-facts.ts';

/** Words of subjects by which each kind of mail is guessed. */
const telling: Readonly<Record<MailFunction, RegExp>> = {
  otp: /\b(?:code|otp|passcode|verification)\b/,
  security: /\b(?:sign ?in|login|password|security|suspicious|account)\b/,
  billing: /\b(?:invoice|receipt|payment|order|bill|subscription|refund)\b/,
  share: /\b(?:shared|document|file|invited|invitation|signature)\b/,
  marketing: /\b(?:offer|sale|discount|newsletter|deal)\b/,
};

/** So large a share of the subjects must say so. */
const leastShare = 0.2;

/** What the mail may be for, guessed from the words its subjects share. */
export function functionGuesses(words: UseFacts['subjectWords']): readonly DraftedValue[] {
  return mailFunctions.flatMap((name) => {
    const best = words.find(({ word, share }) => share >= leastShare && telling[name].test(word));
    if (best === undefined) return [];
    const source = `guessed: "${best.word}" in ${Math.round(best.share * 100)} % of the subjects`;
    return [{ value: name, source }];
  });
}
