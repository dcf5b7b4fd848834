import { parseCapabilities, type Capabilities } from './capabilities.ts';
import { nextHopLost, type LockStepClient } from './lock-step-client.ts';
import type { NextHopSettings } from './next-hop-settings.ts';
import { isPositive, SmtpError, type Reply } from './reply.ts';
import type { Connection } from './transaction.ts';
import { xclientCommands, xforwardCommands } from './xclient.ts';

/** What was agreed when a session with the next hop began. */
export type Agreement = {
  readonly capabilities: Capabilities;
  /** XFORWARD holds for one transaction, so it is said before every MAIL. */
  readonly beforeMail: readonly string[];
  /** Whether the next hop learns who the client is. */
  readonly isClientTold: boolean;
};

type Introduction = { readonly connection: Connection; readonly capabilities: Capabilities };

/**
 * Tells the next hop who the client is, in the way the settings say.
 * @throws SmtpError 451 4.4.1 where it does not let us, or its own refusal of the client's EHLO name.
 */
export async function introduce(
  client: LockStepClient,
  settings: NextHopSettings,
  { connection, capabilities }: Introduction,
): Promise<Agreement> {
  const { clientIdentity } = settings;
  const agreement = { capabilities, beforeMail: [], isClientTold: false };
  const told = { ...agreement, isClientTold: true };
  switch (clientIdentity) {
    case 'none':
      return agreement;
    case 'xforward': {
      const offered = capabilities.get('XFORWARD');
      if (offered === undefined) return agreement;
      return { ...told, beforeMail: xforwardCommands(connection, offered) };
    }
    case 'proxy-v1':
    case 'proxy-v2': // the header is sent; the EHLO name is not in it
      return {
        ...told,
        capabilities: await helloAgain(client, settings, { connection, capabilities }),
      };
    case 'auto':
    case 'xclient': {
      const offered = capabilities.get('XCLIENT');
      if (offered !== undefined)
        for (const command of xclientCommands(connection, offered))
          await becomeClient(client, settings, command);
      else if (clientIdentity === 'xclient')
        throw nextHopLost(new Error('XCLIENT is wanted by our settings and not offered'));
      else return agreement;
      return { ...told, capabilities: await helloAs(client, settings, connection) };
    }
  }
}

/** EHLO, or LHLO where the next hop speaks LMTP (RFC 2033 §4.1). */
export function sayHello(
  client: LockStepClient,
  { protocol, replyMs }: NextHopSettings,
  name: string,
): Promise<Reply> {
  return client.command(`${protocol === 'lmtp' ? 'LHLO' : 'EHLO'} ${name}`, replyMs);
}

/** XCLIENT is answered by a new greeting each time (XCLIENT_README). */
async function becomeClient(
  client: LockStepClient,
  { replyMs }: NextHopSettings,
  command: string,
): Promise<void> {
  const greeting = await client.command(command, replyMs);
  // To go on without it would be to go on with our own address, which the next hop may trust.
  if (!isPositive(greeting))
    throw nextHopLost(new Error(`XCLIENT was refused with ${greeting.code}`));
}

/** OpenSMTPD lets nobody say EHLO twice: it then knows the client's address by the header, and not its EHLO name. */
async function helloAgain(
  client: LockStepClient,
  settings: NextHopSettings,
  { connection, capabilities }: Introduction,
): Promise<Capabilities> {
  try {
    return await helloAs(client, settings, connection);
  } catch (error) {
    if (error instanceof SmtpError && error.reply.code === 503) return capabilities;
    throw error;
  }
}

/** The name in EHLO replaces the one in XCLIENT, so it must be the client's; a refusal is meant for the client, too. */
async function helloAs(
  client: LockStepClient,
  settings: NextHopSettings,
  { helo }: Connection,
): Promise<Capabilities> {
  const answer = await sayHello(client, settings, helo);
  if (!isPositive(answer))
    throw new SmtpError(answer, { cause: new Error("the client's EHLO name was refused") });
  return parseCapabilities(answer);
}
