/** Beyond this a coincidence is out of the question. */
const maxBits = 1000;

/**
 * How unlikely it is that `flagged` or more of `active` aliases are flagged in the same hour by coincidence, in bits:
 * -log2 P(Bin(active, usual) >= flagged), where `usual` is the chance that an alias is flagged in an hour (detection 2.10).
 */
export function systemicBits(active: number, usual: number, flagged: number): number {
  if (flagged <= 0 || usual >= 1) return 0;
  let logTerm = active * Math.log2(1 - usual); // of k = 0
  let tail = 0;
  for (let k = 0; k <= active; k++) {
    if (k >= flagged) {
      const term = 2 ** Math.max(logTerm, -1070);
      tail += term;
      // Beyond the mean terms only fall, and these add nothing any more.
      if (k > active * usual && term < tail * Number.EPSILON) break;
    }
    logTerm += Math.log2((active - k) / (k + 1)) + Math.log2(usual / (1 - usual));
  }
  return Math.min(maxBits, Math.max(0, -Math.log2(tail)));
}
