import { createRandom } from '../demo/random.ts';
import { wilsonInterval } from './interval.ts';

const resamples = 2000;
const seed = 20_070_408;

/** What one campaign (or one alias) contributes: so many events in so many trials. */
export type Cluster = { readonly events: number; readonly trials: number };

/**
 * 95 % percentile interval of a share when trials come in clusters that are copies of each other: whole clusters are
 * drawn, 2,000 times, with a fixed seed. [0, 1] without clusters. Where all trials end alike resampling knows no doubt:
 * then the Wilson interval over the clusters. Source: Efron & Tibshirani 1993, chapter 13.
 */
export function bootstrapInterval(clusters: readonly Cluster[]): readonly [number, number] {
  const hit = clusters.filter(({ events }) => events > 0).length;
  const isMixed = clusters.some(({ events, trials }) => events < trials);
  if (hit === 0 || !isMixed) return wilsonInterval(hit, clusters.length);
  const random = createRandom(seed);
  const shares = Array.from({ length: resamples }, () => {
    let [events, trials] = [0, 0];
    for (let drawn = 0; drawn < clusters.length; drawn++) {
      const cluster = random.pick(clusters);
      events += cluster.events;
      trials += cluster.trials;
    }
    return trials === 0 ? 0 : events / trials;
  }).sort((left, right) => left - right);
  const at = (share: number) => shares[Math.floor(share * (resamples - 1))] ?? 0;
  return [at(0.025), at(0.975)];
}
