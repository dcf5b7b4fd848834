import type { Score, Term } from '../score/score.ts';

/** Terms a person reads before the rest is summed up. */
const shownTerms = 5;

/**
 * One sentence with the comparison behind the score. The printed terms are rounded to a tenth of a bit and add up to
 * the printed score exactly: the last one takes what rounding leaves.
 */
export function reasonOf({ bits, terms, cause, benignCause }: Score): string {
  const total = tenths(bits);
  const isCondition = ({ signal }: Term) => signal === 'condition';
  const shown = [
    ...terms
      .filter((term) => term.signal !== 'prior' && !isCondition(term) && term.bits > 0)
      .slice(0, shownTerms),
    // What operators wrote themselves they want to see, also where it speaks for the message.
    ...terms.filter(isCondition).slice(0, shownTerms),
  ].sort((left, right) => right.bits - left.bits);
  const rest = total - shown.reduce((sum, term) => sum + tenths(term.bits), 0);
  // Worlds are joined by `+`; the first benign cause, `steady`, explains nothing away.
  const explained = benignCause.id === 'steady' ? '' : `what "${benignCause.title}" explains, `;
  const parts = [...shown.map(termText), `${explained}prior and the rest ${signed(rest)}`];
  return `${format(total)} bits for ${cause.title} over ${benignCause.title}: ${parts.join('; ')}`;
}

function termText({ observed, baseline, bits }: Term): string {
  return `${observed}${baseline === '' ? '' : ` (${baseline})`} ${signed(tenths(bits))}`;
}

function tenths(bits: number): number {
  return Math.round(bits * 10);
}

function signed(inTenths: number): string {
  return `${inTenths < 0 ? '-' : '+'}${format(Math.abs(inTenths))}`;
}

function format(inTenths: number): string {
  return (inTenths / 10).toFixed(1);
}
