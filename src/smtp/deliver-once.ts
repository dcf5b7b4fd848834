import type { Content } from './content.ts';
import { withSize } from './esmtp-parameters.ts';
import { NextHops } from './next-hops.ts';
import type { NextHopSession } from './next-hop-session.ts';
import { defaultTimeouts, nextHopSettings, type NextHopRoute } from './next-hop-settings.ts';
import type { PathCommand } from './path-command.ts';
import { isPositive, reply, SmtpError, type Reply } from './reply.ts';
import type { Envelope } from './transaction.ts';

/**
 * Sends one message where there is no live client (quarantine release) and returns the next hop's reply: to the final
 * dot, or the first refusal on the way there; so with one recipient at a time each gets its own. Transport trouble is a
 * 451 reply, never a throw. To the next hop we are ourselves: the client that sent the message is not there any more.
 */
export async function deliverOnce(
  route: NextHopRoute,
  envelope: Envelope,
  content: Content,
): Promise<Reply> {
  let session: NextHopSession | null = null;
  try {
    const nextHops = new NextHops({
      settings: nextHopSettings(route, defaultTimeouts),
      onError: () => undefined, // the next one is tried; if that fails, too, the reply says so
    });
    session = await nextHops.open({ connection: null, signal: new AbortController().signal });
    return await deliver(session, envelope, content);
  } catch (error) {
    return error instanceof SmtpError ? error.reply : reply(451, '4.3.0', (error as Error).message);
  } finally {
    await session?.quit();
  }
}

async function deliver(
  session: NextHopSession,
  envelope: Envelope,
  content: Content,
): Promise<Reply> {
  const mail = pathCommand('MAIL FROM', envelope.mailFrom, envelope.mailParameters);
  const answer = await session.mail(withSize(mail, content.sizeBytes, session.capabilities));
  if (!isPositive(answer)) return answer;
  for (const [index, recipient] of envelope.rcptTo.entries()) {
    const accepted = await session.rcpt(
      pathCommand('RCPT TO', recipient, envelope.rcptParameters[index] ?? ''),
    );
    if (!isPositive(accepted)) return accepted;
  }
  return session.data(Buffer.alloc(0), content, () => Promise.resolve(true));
}

function pathCommand(verb: PathCommand['verb'], address: string, parameters: string): PathCommand {
  return { verb, path: `<${address}>`, address, parameters };
}
