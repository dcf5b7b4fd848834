import { Counter, Gauge, type Aggregator, type Registry } from 'prom-client';

export function counter<Label extends string = never>(
  registry: Registry,
  name: string,
  help: string,
  ...labelNames: Label[]
) {
  return new Counter({ name: `aliaswatch_${name}`, help, labelNames, registers: [registry] });
}

/** How the figures of several processes come together; `docs/metrics.md` says it of each gauge. */
function gaugeBy(aggregator: Aggregator) {
  return <Label extends string = never>(
    registry: Registry,
    name: string,
    help: string,
    ...labelNames: Label[]
  ) =>
    new Gauge({
      ...{ name: `aliaswatch_${name}`, help, labelNames, aggregator },
      registers: [registry],
    });
}

/** What all processes see alike, or the worst of them says: the largest counts. */
export const gauge = gaugeBy('max');
/** What each process has for itself. */
export const summedGauge = gaugeBy('sum');
/** What is only well when it is well in all of them. */
export const leastGauge = gaugeBy('min');
/** What means nothing together. */
export const gaugeOfOne = gaugeBy('omit');
