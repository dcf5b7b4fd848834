import { NextHopSession, type OnBehalfOf } from './next-hop-session.ts';
import type { NextHopSettings } from './next-hop-settings.ts';
import type { PathCommand } from './path-command.ts';
import { isPositive, replyText, SmtpError, type Reply } from './reply.ts';
import type { Connection } from './transaction.ts';

/**
 * `refused`: nobody relays through here. `accepted`: everybody does. `unproven`: it said neither; `why` is a sentence
 * fragment. Replies are in one line.
 */
export type RelayProof =
  | { readonly kind: 'refused' | 'accepted'; readonly reply: string }
  | { readonly kind: 'unproven'; readonly why: string };

/** RFC 2606 §3 reserves the domains and RFC 5737 the address: nobody has either, and no MTA trusts them. */
const foreignRecipient = 'relay-test@example.org';
/** The second is for an MTA that refuses the first one for its sender, and would so hide what it does. */
const foreignSenders = ['relay-test@example.net', ''];

/** A client on the internet, as the next hop would be told of it. */
export const stranger: Connection = {
  clientAddress: '203.0.113.25',
  clientPort: 25_025,
  clientHostname: null,
  helo: 'relay-test.example.net',
  protocol: 'ESMTP',
};

/**
 * Asks whether mail from a foreign sender to a foreign recipient is taken, as `connection` (null: as ourselves). The
 * MTA may trust our address, and then everybody who reaches us relays through it. No message is ever begun: the answer
 * to RCPT is the proof, and RSET follows it. Never throws.
 */
export async function proveRelayRefused(
  settings: NextHopSettings,
  onBehalfOf: OnBehalfOf,
  onOpened: (session: Pick<NextHopSession, 'isClientTold'>) => void = () => undefined,
): Promise<RelayProof> {
  const { signal } = onBehalfOf;
  let session: NextHopSession | null = null;
  const stop = (): void => session?.destroy();
  signal.addEventListener('abort', stop);
  try {
    session = await NextHopSession.open(settings, onBehalfOf);
    signal.throwIfAborted();
    onOpened(session);
    const proofs: RelayProof[] = [];
    for (const sender of foreignSenders) {
      const proof = await askOnce(session, sender);
      if (proof.kind === 'accepted') return proof;
      proofs.push(proof);
    }
    const refused = proofs.find(({ kind }) => kind === 'refused');
    return refused ?? { kind: 'unproven', why: reasons(proofs) };
  } catch (error) {
    return { kind: 'unproven', why: sentenceOf(error) };
  } finally {
    signal.removeEventListener('abort', stop);
    await session?.quit();
  }
}

async function askOnce(session: NextHopSession, sender: string): Promise<RelayProof> {
  const mail = await session.mail(pathCommand('MAIL FROM', sender));
  if (!isPositive(mail)) return { kind: 'unproven', why: `MAIL got ${replyText(mail)}` };
  const answer = await session.rcpt(pathCommand('RCPT TO', foreignRecipient));
  await session.reset();
  if (isPositive(answer)) return { kind: 'accepted', reply: replyText(answer) };
  return isRelayRefusal(answer)
    ? { kind: 'refused', reply: replyText(answer) }
    : { kind: 'unproven', why: `RCPT got ${replyText(answer)}` };
}

/** What is refused for its sender, its client or its addresses as such (5.1.x) might relay for others. */
const otherReasons = /\b(?:sender|client host|helo|blocked|blacklist|reverse)\b/i;

/** A 4yz may be greylisting, unless it says why: Postfix as it is installed answers `454 4.7.1 … Relay access denied`. */
function isRelayRefusal({ code, enhancedCode, lines }: Reply): boolean {
  const text = lines.join(' ').replaceAll('relay-test', '');
  if (code < 500) return /\brelay\w* (?:access )?(?:denied|not permitted|prohibited)/i.test(text);
  if (/\brelay/i.test(text)) return true;
  return enhancedCode?.startsWith('5.1.') !== true && !otherReasons.test(text);
}

function reasons(proofs: readonly RelayProof[]): string {
  const whys = proofs.map((proof) => (proof.kind === 'unproven' ? proof.why : ''));
  return [...new Set(whys)].join('; ');
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  // Of our own 451 the cause says more.
  return error instanceof SmtpError && cause instanceof Error ? cause.message : error.message;
}

function pathCommand(verb: PathCommand['verb'], address: string): PathCommand {
  return { verb, path: `<${address}>`, address, parameters: '' };
}
