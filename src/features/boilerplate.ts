import { foldText } from '../message/fold.ts';
import { maskSentence, sentencesOf } from '../message/sentences.ts';
import { valueHash } from './hash.ts';

/**
 * A folded sentence as table `line` knows it: what changes from message to message is masked. `names` are those of the
 * recipients.
 */
export function sentenceHash(folded: string, names: readonly string[]): string {
  return valueHash(maskSentence(folded, names));
}

/** Published text of a vendor as hashes of its sentences, split and masked as those of a message are. */
export function boilerplateHashes(text: readonly string[]): readonly string[] {
  return sentencesOf(text).map((sentence) => sentenceHash(foldText(sentence), []));
}
