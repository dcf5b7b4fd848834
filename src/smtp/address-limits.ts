import { LRUCache } from 'lru-cache';
import { networkOf } from './address-bytes.ts';
import { listAddresses, type IsListed } from './address-ranges.ts';
import type { LimitReason, SmtpLimits } from './limits.ts';

/** Addresses whose rates are remembered; about 200 bytes each. Whoever has more of them is not stopped by rates. */
const maxAddresses = 20_000;
const minuteMs = 60_000;

export type Admission =
  { readonly ok: true; readonly leave: () => void } | { readonly ok: false; reason: LimitReason };

/** Decides who may come in and begin messages; in processes that share a port one counts for all. */
export type ClientLimits = {
  /** A connection comes in; `leave` when it is closed. */
  readonly admit: (address: string) => Admission | Promise<Admission>;
  /** Whether this address may begin another message now. */
  readonly admitMessage: (address: string) => boolean | Promise<boolean>;
};

export type ClientLimitsSettings = {
  readonly limits: SmtpLimits;
  /** Clients at the same time, from wherever. */
  readonly maxSessions: number;
  /** Many clients come by way of a mail server in front of us; what it forwards is counted by client. */
  readonly xclientPeers: readonly string[];
};

/** Counts the clients of this process, or of all that ask it. */
export function limitClients({
  limits,
  maxSessions,
  xclientPeers,
}: ClientLimitsSettings): AddressLimits {
  const exempt = exemptOf({ limits, xclientPeers });
  return new AddressLimits({ ...limits, maxSessions, exempt }, () => performance.now());
}

/** Whose messages `limitClients` admits without counting them. */
export function uncountedMessages(settings: Omit<ClientLimitsSettings, 'maxSessions'>): IsListed {
  return settings.limits.messagesPerMinute === 0 ? () => true : listAddresses(exemptOf(settings));
}

function exemptOf({
  limits,
  xclientPeers,
}: Pick<ClientLimitsSettings, 'limits' | 'xclientPeers'>): readonly string[] {
  return [...limits.exempt, ...xclientPeers];
}

type Buckets = { connections: number; messages: number; filledAtMs: number };

/**
 * Sessions in all, and sessions and rates per client address: an IPv4 address, or an IPv6 /64, which is what one customer
 * gets.
 */
export class AddressLimits {
  readonly #limits: SmtpLimits & { readonly maxSessions?: number };
  readonly #nowMs: () => number;
  readonly #isExempt: IsListed;
  /** Only addresses with open sessions, so bounded by the sessions in total. */
  readonly #sessions = new Map<string, number>();
  #allSessions = 0;
  readonly #buckets = new LRUCache<string, Buckets>({ max: maxAddresses });

  /** `nowMs` is any clock that does not go back. */
  constructor(limits: SmtpLimits & { readonly maxSessions?: number }, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
    this.#isExempt = listAddresses(limits.exempt);
  }

  /** A connection comes in; `leave` when it is closed. */
  admit(address: string): Admission {
    const { maxSessions = Infinity } = this.#limits;
    if (this.#allSessions >= maxSessions) return { ok: false, reason: 'sessions' };
    if (this.#isExempt(address)) return this.#enter(null);
    const key = networkOf(address);
    const sessions = this.#sessions.get(key) ?? 0;
    if (sessions >= this.#limits.maxSessionsPerAddress)
      return { ok: false, reason: 'address-sessions' };
    if (!this.#take(key, 'connections')) return { ok: false, reason: 'connection-rate' };
    this.#sessions.set(key, sessions + 1);
    return this.#enter(key);
  }

  /** Whether this address may begin another message now. */
  admitMessage(address: string): boolean {
    return this.#isExempt(address) || this.#take(networkOf(address), 'messages');
  }

  /** Null is exempt from counts per address. */
  #enter(key: string | null): Admission {
    this.#allSessions++;
    let isIn = true;
    return {
      ok: true,
      leave: () => {
        if (!isIn) return;
        isIn = false;
        this.#allSessions--;
        if (key !== null) this.#leave(key);
      },
    };
  }

  #leave(key: string): void {
    const sessions = this.#sessions.get(key) ?? 0;
    if (sessions > 1) this.#sessions.set(key, sessions - 1);
    else this.#sessions.delete(key);
  }

  #take(key: string, what: 'connections' | 'messages'): boolean {
    const { connectionsPerMinute, messagesPerMinute } = this.#limits;
    const nowMs = this.#nowMs();
    const full = { connections: connectionsPerMinute, messages: messagesPerMinute };
    if (full[what] === 0) return true;
    const before = this.#buckets.get(key) ?? { ...full, filledAtMs: nowMs };
    const minutes = (nowMs - before.filledAtMs) / minuteMs;
    const filled: Buckets = {
      connections: Math.min(full.connections, before.connections + minutes * full.connections),
      messages: Math.min(full.messages, before.messages + minutes * full.messages),
      filledAtMs: nowMs,
    };
    const isThere = filled[what] >= 1;
    if (isThere) filled[what] -= 1;
    this.#buckets.set(key, filled);
    return isThere;
  }
}
