import { once } from 'node:events';
import { connect } from 'node:net';
import { parseHostPort, type HostPort } from '../../config/host-port.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../command.ts';
import { slotAttacks } from '../demo/attacks.ts';
import { businessName } from '../demo/cast.ts';
import type { Draft } from '../demo/draft.ts';
import { verificationCode } from '../demo/entra-mail.ts';
import { createRandom } from '../demo/random.ts';
import { connectSendingHost, type SendingHost } from '../demo/sending-host.ts';
import { createVendor, profiles, type Vendor } from '../demo/vendors.ts';
import { startZoneServer } from '../demo/zone-server.ts';

export type SimulateFlags = {
  readonly gateway: string;
  readonly rcpt: string;
  readonly answerDns: string;
  readonly honest: number;
  readonly copies: number;
  readonly json?: boolean;
};

/** Final replies of the gateway and how often each came, without the ids in them. */
type Replies = Readonly<Record<string, number>>;
type Simulated = { readonly honest: Replies; readonly attack: Replies };

/**
 * Sends honest mail of a vendor to a gateway and then an attack, at the pace that the gateway answers.
 * @throws CommandFailure when the gateway cannot be reached, or the command is stopped.
 */
export async function simulate(context: CommandContext, flags: SimulateFlags): Promise<void> {
  const gateway = addressOf('--gateway', flags.gateway);
  const host = { name: profiles.microsoft.hosts[0].name, address: await ownAddress(gateway) };
  const vendor = await createVendor({ ...profiles.microsoft, hosts: [host] });
  const listen = addressOf('--answer-dns', flags.answerDns);
  await using opened = new AsyncDisposableStack();
  opened.use(await startZoneServer(vendor.zone, listen));
  const connection = opened.use(await connectSendingHost(host, gateway));
  const result = await play(context, flags, { vendor, connection });
  if (flags.json === true) printJson(context, result);
  else context.stdout.write(textOf(result));
}

async function play(
  context: CommandContext,
  { rcpt, honest, copies }: SimulateFlags,
  { vendor, connection }: { readonly vendor: Vendor; readonly connection: SendingHost },
): Promise<Simulated> {
  const random = createRandom(Date.now() % 2 ** 31);
  const recipients = rcpt.split(',').map((address) => address.trim());
  const attack = slotAttacks.find((one) => one.vendor === 'microsoft');
  if (attack === undefined) throw new Error('the demo has no such attack');
  const send = async (draft: (recipient: string, index: number) => Draft, count: number) => {
    const replies: Record<string, number> = {};
    for (let index = 0; index < count; index++) {
      if (context.signal.aborted)
        throw new CommandFailure('The simulation was stopped.', {
          exitCode: exitCodes.interrupted,
        });
      const address = recipients[index % recipients.length] ?? '';
      const envelope = { to: { name: '', address }, at: new Date(), id: random.token(16) };
      const message = await vendor.compose(draft(address, index), envelope);
      const mail = { mailFrom: vendor.mailFrom, rcptTo: address, message };
      const reply = withoutIds(await connection.send(mail));
      replies[reply] = (replies[reply] ?? 0) + 1;
    }
    return replies;
  };
  return {
    honest: await send(
      (recipient) => verificationCode({ tenant: businessName(random), recipient, random }),
      honest,
    ),
    attack: await send((_, index) => attack.compose(random, index), copies),
  };
}

/** What the gateway sees us as, which the vendor's SPF has to list. */
async function ownAddress({ host, port }: HostPort): Promise<string> {
  const socket = connect(port, host);
  try {
    await once(socket, 'connect');
    return (socket.localAddress ?? '').replace(/^::ffff:/, '');
  } finally {
    socket.destroy();
  }
}

function addressOf(flag: string, text: string): HostPort {
  const reading = parseHostPort(text);
  if (reading.ok) return reading.value;
  throw new CommandFailure(`${flag}: \`${text.slice(0, 60)}\` ${reading.message}`, {
    exitCode: exitCodes.usage,
  });
}

function withoutIds(reply: string): string {
  return reply.replace(/ as \S+$/, '');
}

function textOf({ honest, attack }: Simulated): string {
  const lines = (what: string, replies: Replies) =>
    Object.entries(replies).map(([reply, count]) => `${what} ${count} × ${reply}\n`);
  return [...lines('honest:', honest), ...lines('attack:', attack)].join('');
}
