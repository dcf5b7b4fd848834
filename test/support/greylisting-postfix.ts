import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { startPostfix, type Postfix } from './postfix.ts';

/** A real Postfix that can be told to greylist. */
export type GreylistingPostfix = Postfix & {
  /** Every recipient gets 451 from now on, or none does. */
  readonly greylist: (isOn: boolean) => void;
};

/** Greylisting as mail servers do it: Postfix asks a policy server about every recipient (its SMTPD_POLICY_README). */
export async function startGreylistingPostfix(
  deliverTo: Parameters<typeof startPostfix>[0],
): Promise<GreylistingPostfix> {
  await using opened = new AsyncDisposableStack();
  let action = 'DUNNO';
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      if (data.toString().endsWith('\n\n')) socket.write(`action=${action}\n\n`);
    });
  }).listen(0, '127.0.0.1');
  opened.defer(() => void server.close());
  await once(server, 'listening');
  const policy = (server.address() as AddressInfo).port;
  const postfix = opened.use(
    await startPostfix(deliverTo, [
      `smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:${policy}`,
    ]),
  );
  const owned = opened.move();
  return {
    ...postfix,
    greylist: (isOn) => {
      action = isOn ? '451 4.7.1 Greylisted' : 'DUNNO';
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
