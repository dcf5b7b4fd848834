/**
 * Wilson score interval of a share, 95 %, as [low, high] in 0 … 1. For no event it ends near 3.8/n; the rule of three
 * says 3/n. Source: Wilson 1927.
 */
export function wilsonInterval(events: number, trials: number): readonly [number, number] {
  if (trials === 0) return [0, 1];
  const z = 1.959964;
  const share = events / trials;
  const centre = share + (z * z) / (2 * trials);
  const spread = z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  const scale = 1 + (z * z) / trials;
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}
