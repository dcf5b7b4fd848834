import { Counter, Gauge, type Registry } from 'prom-client';

export function counter<Label extends string = never>(
  registry: Registry,
  name: string,
  help: string,
  ...labelNames: Label[]
) {
  return new Counter({ name: `aliaswatch_${name}`, help, labelNames, registers: [registry] });
}

export function gauge<Label extends string = never>(
  registry: Registry,
  name: string,
  help: string,
  ...labelNames: Label[]
) {
  return new Gauge({ name: `aliaswatch_${name}`, help, labelNames, registers: [registry] });
}
