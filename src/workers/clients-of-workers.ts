import type { AddressLimits } from '../smtp/address-limits.ts';
import type { ClientAnswer, FromWorker } from './messages.ts';

export type ClientQuestion = Extract<FromWorker, { kind: 'admit' | 'message' }>;

/** Counts the clients of all workers of a port together. */
export class ClientsOfWorkers {
  readonly #limits: Pick<AddressLimits, 'admit' | 'admitMessage'>;
  /** By worker process and question: how its client leaves. */
  readonly #inside = new Map<number, Map<number, () => void>>();

  constructor(limits: Pick<AddressLimits, 'admit' | 'admitMessage'>) {
    this.#limits = limits;
  }

  answer(pid: number, { kind, id, address }: ClientQuestion): ClientAnswer {
    if (kind === 'message') return { ok: this.#limits.admitMessage(address), reason: null };
    const admission = this.#limits.admit(address);
    if (!admission.ok) return admission;
    const inside = this.#inside.get(pid) ?? new Map<number, () => void>();
    this.#inside.set(pid, inside.set(id, admission.leave));
    return { ok: true, reason: null };
  }

  left(pid: number, id: number): void {
    const inside = this.#inside.get(pid);
    inside?.get(id)?.();
    inside?.delete(id);
  }

  /** The process is gone, and all its clients with it. */
  gone(pid: number): void {
    for (const leave of this.#inside.get(pid)?.values() ?? []) leave();
    this.#inside.delete(pid);
  }
}
