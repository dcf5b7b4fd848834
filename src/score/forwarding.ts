import { establishing } from '../baseline/novelty.ts';
import { maturedDays, type ValueRecord } from '../baseline/value-record.ts';
import type { Features } from '../features/features.ts';
import type { SignalReading } from './readings.ts';

/**
 * Who among the recipients has mail forwarded to here: learned per recipient domain from what was delivered. A List-Id
 * field proves nothing, since anybody can write one.
 */
type ForwarderValue = {
  readonly table: 'forwarder';
  readonly value: string;
  readonly domain: string;
  readonly isForward: boolean;
};

/** Of a message to many domains the first are enough. */
const mostDomains = 4;

/** Per recipient domain the value of mail of any kind, and of mail that came forwarded. */
export function forwarderValues({
  hasPath,
  recipients,
}: Pick<Features, 'hasPath' | 'recipients'>): readonly ForwarderValue[] {
  if (!hasPath) return [];
  const domains = [...new Set(recipients.map(({ domain }) => domain))].slice(0, mostDomains);
  return domains.flatMap((domain) =>
    [false, true].map((isForward) => ({
      table: 'forwarder' as const,
      value: `${isForward ? 'fwd' : 'any'} ${domain}`,
      domain,
      isForward,
    })),
  );
}

/** A forwarder's host or bounce address, and a recipient or SPF that a direct message would not have. */
export function cameForwarded(signals: readonly SignalReading[]): boolean {
  const isShown = (...wanted: readonly SignalReading['signal'][]) =>
    signals.some(({ signal, level }) => level > 0 && wanted.includes(signal));
  return isShown('network', 'mail-from') && isShown('recipient-mismatch', 'spf');
}

/** The value of a network that mail came forwarded through. */
export function forwarderNetwork(network: string): {
  readonly table: 'forwarder';
  readonly value: string;
} {
  return { table: 'forwarder', value: `net ${network}` };
}

/** What a message teaches: its recipient domains, and of a forwarded one that it was and through which network. */
export function learnedForwarderValues(
  features: Features,
  signals: readonly SignalReading[],
): readonly { readonly table: 'forwarder'; readonly value: string }[] {
  const values = forwarderValues(features);
  if (!cameForwarded(signals)) return values.filter(({ isForward }) => !isForward);
  const networks = features.sightings.filter(({ signal }) => signal === 'network');
  return [...values, ...networks.map(({ value }) => forwarderNetwork(value))];
}

/** Forwarded on three matured days: a replay lacks days. */
export function isForwarderHabit(record: ValueRecord | null, today: number): boolean {
  return record !== null && maturedDays(record, today) >= establishing.days;
}

const prior = { forwards: 0.5, messages: 50, least: 0.002, most: 0.3 };

/**
 * Chance that a message of the alias to one of these domains comes forwarded: (forwards + .5) / (messages + 50) of the
 * domain that has most, between .002, since everybody forwards for a first time, and .3 (detection 2.7). Forwards count
 * once they are a habit.
 */
export function forwardedPrior(
  features: Pick<Features, 'hasPath' | 'recipients'>,
  recordOf: (value: ForwarderValue) => ValueRecord | null,
  today: number,
): number {
  const values = forwarderValues(features);
  const chances = values
    .filter(({ isForward }) => isForward)
    .map((forwarded) => {
      const any = values.find(({ domain, isForward }) => !isForward && domain === forwarded.domain);
      const record = recordOf(forwarded);
      const forwards = isForwarderHabit(record, today) ? (record?.count ?? 0) : 0;
      const messages = (any ? recordOf(any)?.count : null) ?? 0;
      return (forwards + prior.forwards) / (Math.max(messages, forwards) + prior.messages);
    });
  return Math.min(prior.most, Math.max(prior.least, ...chances));
}
