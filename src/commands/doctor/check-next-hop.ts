import { formatHostPort } from '../../config/host-port.ts';
import { headerOverheadBytes, type Capabilities } from '../../smtp/capabilities.ts';
import { NextHopSession } from '../../smtp/next-hop-session.ts';
import type { NextHopSettings } from '../../smtp/next-hop-settings.ts';
import { replyText } from '../../smtp/reply.ts';
import { codeOf, failed, messageOf, milliseconds, ok, warning, type Finding } from './finding.ts';
import { probeNextHop, type NextHopProbe } from './probe-next-hop.ts';

export type ReachedNextHop = {
  readonly probe: NextHopProbe;
  /** As they are when mail is relayed: after STARTTLS, if there is any. */
  readonly capabilities: Capabilities;
};

export type NextHopCheck = {
  readonly findings: readonly Finding[];
  /** Null where it cannot be used. */
  readonly reached: ReachedNextHop | null;
};

export type NextHopToCheck = {
  readonly settings: NextHopSettings;
  readonly maxMessageBytes: number;
  /** Makes the names of the findings unique where there are several next hops. */
  readonly suffix: string;
};

const listening: Readonly<Record<string, string>> = {
  ECONNREFUSED:
    'nothing listens there: start the mail server, or correct --next-hop; Postfix: a service in master.cf on that port; Exim: daemon_smtp_ports; Exchange: a Receive connector with that binding',
  ENOTFOUND: 'the host name is unknown: correct --next-hop, or name its address',
  ETIMEDOUT: 'no answer: look for a firewall between us and the mail server',
};

/** TCP, greeting, EHLO, and STARTTLS as the settings want it. */
export async function checkNextHop(hop: NextHopToCheck): Promise<NextHopCheck> {
  const { settings, suffix } = hop;
  const name = `next hop${suffix}`;
  const address = formatHostPort(settings);
  let probe: NextHopProbe;
  try {
    probe = await probeNextHop(settings);
  } catch (error) {
    return { findings: [unusable(name, address, error)], reached: null };
  }
  const greeted = `${address} greets in ${milliseconds(probe.greetingMs)}: ${replyText(probe.greeting)}`;
  try {
    // Without an introduction: that is a check of its own.
    const session = await NextHopSession.open(settings, {
      connection: null,
      signal: AbortSignal.timeout(settings.connectMs),
    });
    await session.quit();
    const { capabilities } = session;
    return {
      findings: [ok(name, greeted), checkKeywords(hop, probe, capabilities)],
      reached: { probe, capabilities },
    };
  } catch (error) {
    const { cause } = error as Error;
    return {
      findings: [
        failed(name, `${greeted}; but no session: ${messageOf(cause ?? error)}`, [
          'where TLS is the reason: renew its certificate, correct --next-hop-tls-ca-file and --next-hop-tls-name, or choose --next-hop-tls opportunistic',
        ]),
      ],
      reached: null,
    };
  }
}

function unusable(name: string, address: string, error: unknown): Finding {
  const code = codeOf(error instanceof AggregateError ? error.errors[0] : error);
  const advice =
    listening[code] ??
    'see the log of the mail server for why; Postfix: smtpd_client_restrictions and postscreen; Exim: host_reject_connection; Exchange: RemoteIPRanges of the Receive connector';
  return failed(name, `${address}: ${messageOf(error)}`, [advice]);
}

/** Keywords that we announce only where the next hop has them, and what is lost without. */
const wanted: readonly { readonly keyword: string; readonly lost: string; readonly fix: string }[] =
  [
    {
      keyword: '8BITMIME',
      lost: 'clients convert 8-bit mail, which breaks its DKIM signatures',
      fix: 'Postfix: no 8bitmime in smtpd_discard_ehlo_keywords; Exim: accept_8bitmime = true; Exchange: EightBitMimeEnabled $true',
    },
    {
      keyword: 'SMTPUTF8',
      lost: 'mail from and to international addresses is refused',
      fix: 'Postfix: smtputf8_enable = yes; Exim: smtputf8_advertise_hosts = *; Exchange: SmtpUtf8Enabled $true',
    },
    {
      keyword: 'DSN',
      lost: 'senders get no delivery reports that they ask for',
      fix: 'Postfix: no dsn in smtpd_discard_ehlo_keywords; Exim: dsn_advertise_hosts = *; Exchange: DeliveryStatusNotificationEnabled $true',
    },
  ];
const alsoShown = ['PIPELINING', 'STARTTLS', 'XCLIENT'];

function checkKeywords(
  { maxMessageBytes, suffix }: NextHopToCheck,
  probe: NextHopProbe,
  capabilities: Capabilities,
): Finding {
  const name = `EHLO keywords${suffix}`;
  const has = (keyword: string) => capabilities.has(keyword) || probe.capabilities.has(keyword);
  const sizeBytes = Number(capabilities.get('SIZE') ?? 0);
  const offered = [...wanted.map(({ keyword }) => keyword), ...alsoShown].filter(has);
  const message = [
    `${sizeBytes > 0 ? `SIZE ${sizeBytes}` : 'no SIZE'}, ${offered.join(', ') || 'nothing else'}`,
    ...wanted
      .filter(({ keyword }) => !has(keyword))
      .map(({ keyword, lost }) => `no ${keyword}: ${lost}`),
  ];
  const advice = wanted.filter(({ keyword }) => !has(keyword)).map(({ fix }) => fix);
  if (sizeBytes > headerOverheadBytes && sizeBytes - headerOverheadBytes < maxMessageBytes) {
    message.push(`we take messages of up to ${sizeBytes - headerOverheadBytes} bytes`);
  }
  const text = message.join('; ');
  return advice.length === 0 ? ok(name, text) : warning(name, text, advice);
}
