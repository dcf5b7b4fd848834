import type { ContactContext, Features, LureHit, LureSentence } from '../features/features.ts';
import type { History } from '../baseline/history.ts';

const windowTokens = { subject: 16, body: 40 };

/** What one ordinary word takes away: lures are dense. */
const plainTokenBits = -0.15;

/** Messages' worth of trust in the list before the alias's own use of a word speaks (measured C5, C6). */
const backgroundMessages = 20;
const backgroundRate = 0.01;

/**
 * The densest window of lure language in the subject, in bits: every lure word gives its weight, less what the alias
 * itself makes of it. 0 when nothing stands out.
 */
export function subjectLureBits(subject: Features['subject'], history: History): number {
  return densestWindow(
    subject.tokens,
    weigh(subject.hits, 'subject', history),
    windowTokens.subject,
  );
}

/** All lure language of the subject, wherever it stands, in bits. */
export function subjectLureSum({ hits }: Features['subject'], history: History): number {
  return weigh(hits, 'subject', history).reduce((sum, { bits }) => sum + Math.max(0, bits), 0);
}

/** The same over the sentences of the body that the alias has not made its own, in order. */
export function bodyLureBits(residual: readonly LureSentence[], history: History): number {
  let offset = 0;
  const weighed: { position: number; bits: number }[] = [];
  for (const { tokens, hits } of residual) {
    for (const { position, bits } of weigh(hits, 'body', history))
      weighed.push({ position: offset + position, bits });
    offset += tokens;
  }
  return densestWindow(offset, weighed, windowTokens.body);
}

/**
 * An amount of money beside a number to call is worth this much lure language, whatever else the alias writes: that is
 * what a call-back lure is made of. Of 33 numbers that were news in honest streams, none had an amount so close.
 */
const amountBits = 4;

/** The same around a telephone number, in the words of the body. */
export function contactLureBits(
  { tokens, hits, namesAmount }: ContactContext,
  history: History,
): number {
  const language = densestWindow(tokens, weigh(hits, 'body', history), windowTokens.body);
  return language + (namesAmount ? amountBits : 0);
}

function weigh(
  hits: readonly LureHit[],
  slot: string,
  history: History,
): readonly { readonly position: number; readonly bits: number }[] {
  const seen = new Set<string>();
  return hits.map(({ position, word, weightBits }) => {
    const isRepetition = seen.has(word);
    seen.add(word);
    const rate =
      (history.wordMessages(slot, word) + backgroundMessages * backgroundRate) /
      (history.messages + backgroundMessages);
    const ownUse = Math.min(0, Math.log2(backgroundRate / rate));
    return { position, bits: isRepetition ? 0 : Math.max(-3, weightBits + ownUse) };
  });
}

function densestWindow(
  tokens: number,
  hits: readonly { readonly position: number; readonly bits: number }[],
  size: number,
): number {
  let best = 0;
  for (let first = 0; first < hits.length; first++) {
    const start = hits[first]?.position ?? 0;
    let sum = 0;
    for (let last = first; last < hits.length; last++) {
      const hit = hits[last];
      if (!hit || hit.position >= start + size) break;
      sum += hit.bits;
      const plain = Math.min(size, hit.position - start + 1, tokens) - (last - first + 1);
      best = Math.max(best, sum + Math.max(0, plain) * plainTokenBits);
    }
  }
  return best;
}
