import { seeded } from '../../support/appraised-mail.ts';

/**
 * When messages arrive by themselves, whether or not those before were taken: ms from the start, ascending, `perSecond`
 * of them on average. `even` is a clock; `poisson` has the gaps of senders that know nothing of each other, the same ones
 * every time. Pure.
 */
export function arrivalsMs(
  kind: 'even' | 'poisson',
  { count, perSecond }: { readonly count: number; readonly perSecond: number },
): readonly number[] {
  const random = seeded(1);
  let atMs = 0;
  return Array.from({ length: count }, () => {
    const gaps = kind === 'even' ? 1 : -Math.log(1 - random());
    atMs += (gaps * 1000) / perSecond;
    return atMs;
  });
}
