import type { Sender } from './alias/sender.ts';
import { dayOf } from './baseline/ledger.ts';
import type { BaselineStore } from './baseline/store.ts';
import { networkOf } from './features/sending-path.ts';
import { forwarderNetwork, isForwarderHabit } from './score/forwarding.ts';
import type { Transaction } from './smtp/transaction.ts';

/**
 * A forwarder may break a signature on its way, and then only DMARC's failure is left of genuine mail (RFC 7960 §3). A
 * claim that comes from a network through which the alias's authenticated mail was forwarded on three days is therefore
 * unverified, not an impersonation. One more question to the store, for claims that fail only; without an answer the
 * claim stays what it was.
 */
export async function excuseForwarder(
  sender: Sender,
  { connection, receivedAt }: Transaction,
  baselines: Pick<BaselineStore, 'observe'>,
): Promise<Sender> {
  if (sender.kind !== 'impersonation' || sender.mayBeForwarded !== true) return sender;
  if (connection.clientAddress === '') return sender;
  const network = networkOf(connection.clientAddress);
  const observed = await baselines
    .observe({
      alias: sender.alias.id,
      at: receivedAt,
      values: [forwarderNetwork(network)],
      signature: null,
      recipients: [],
      actor: '',
      count: false,
    })
    .catch(() => null);
  const record = observed?.records[0] ?? null;
  if (!isForwarderHabit(record, dayOf(receivedAt))) return sender;
  const why = `forwarded through ${network}, as mail of ${sender.alias.vendor} was before, and no signature survived`;
  return { kind: 'unverified', alias: sender.alias, why };
}
