/** The candidate that `name` is most likely a slip of: at most a third of its letters wrong; null when none is near. */
export function nearestName(name: string, candidates: readonly string[]): string | null {
  const plain = fold(name);
  let best: string | null = null;
  let bestDistance = Math.floor(Math.max(plain.length, 3) / 3) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(plain, fold(candidate), bestDistance);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** `next-hop`, `NEXT_HOP` and `nextHop` are the same name to somebody who mistypes. */
function fold(name: string): string {
  return name
    .slice(0, 64)
    .toLowerCase()
    .replace(/[-_\s]/g, '');
}

/** Insertions, deletions, substitutions and swaps of neighbours between two words; `atLeast` when that is exceeded. */
function editDistance(left: string, right: string, atLeast: number): number {
  if (Math.abs(left.length - right.length) >= atLeast) return atLeast;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const current = [i];
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1];
      const swapped =
        i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      const changed = (previous[j - 1] ?? 0) + (same ? 0 : 1);
      const cheapest = Math.min(changed, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1);
      current.push(swapped ? Math.min(cheapest, (beforePrevious[j - 2] ?? 0) + 1) : cheapest);
    }
    [beforePrevious, previous] = [previous, current];
  }
  return previous[right.length] ?? atLeast;
}
