import type { Admission, ClientLimits } from '../smtp/address-limits.ts';
import type { ClientAnswer, FromWorker } from './messages.ts';

export type RemoteClientsOptions = {
  readonly tell: (message: FromWorker) => void;
  /** Messages of this address are not counted: nobody is asked about them. */
  readonly isUncounted: (address: string) => boolean;
  /** The longest wait for an answer. */
  readonly patienceMs?: number;
};

export type RemoteClients = ClientLimits & {
  readonly answered: (id: number, answer: ClientAnswer) => void;
};

/** The leading process looks at pages and scrapes as well; mail does not wait longer than this for it. */
const usualPatienceMs = 1000;
const letIn: ClientAnswer = { ok: true, reason: null };

/** Asks the process that counts clients for all. Whom it does not answer about in time is let in, and counted late. */
export function remoteClients({
  tell,
  isUncounted,
  patienceMs = usualPatienceMs,
}: RemoteClientsOptions): RemoteClients {
  const asking = new Map<number, (answer: ClientAnswer) => void>();
  let lastId = 0;
  const ask = (kind: 'admit' | 'message', address: string) => {
    const id = ++lastId;
    const { promise, resolve } = Promise.withResolvers<ClientAnswer>();
    const settle = (answer: ClientAnswer) => {
      clearTimeout(timer);
      asking.delete(id);
      resolve(answer);
    };
    const timer = setTimeout(() => settle(letIn), patienceMs);
    asking.set(id, settle);
    tell({ kind, id, address });
    return { id, answer: promise };
  };
  return {
    admit: async (address): Promise<Admission> => {
      const { id, answer } = ask('admit', address);
      const { ok, reason } = await answer;
      return ok || reason === null
        ? { ok: true, leave: () => tell({ kind: 'left', id }) }
        : { ok: false, reason };
    },
    admitMessage: async (address) => {
      if (isUncounted(address)) return true;
      const { ok } = await ask('message', address).answer;
      return ok;
    },
    answered: (id, answer) => asking.get(id)?.(answer),
  };
}
