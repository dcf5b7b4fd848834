import { once } from 'node:events';
import { connect } from 'node:net';
import { formatHostPort, type HostPort } from '../../config/host-port.ts';
import type { NextHopSettings } from '../../smtp/next-hop-settings.ts';
import { proveRelayRefused, stranger, type RelayProof } from '../../smtp/relay-proof.ts';
import { failed, ok, warning, type Finding } from './finding.ts';

export type RelayCheck = {
  readonly settings: NextHopSettings;
  readonly suffix: string;
  readonly ownAddress: string;
  /** The next hop judges clients by their own address (XCLIENT, PROXY). */
  readonly tellsClient: boolean;
};

const reachMs = 2000;

/** Whether strangers relay through the next hop by way of us, with a client address that nobody has. */
export async function checkRelay(
  check: RelayCheck,
): Promise<{ finding: Finding; proof: RelayProof }> {
  const { settings, tellsClient, ownAddress, suffix } = check;
  const proof = await proveRelayRefused(settings, {
    connection: stranger,
    signal: AbortSignal.timeout(settings.connectMs * 2),
  });
  const name = `open relay${suffix}`;
  const who = tellsClient
    ? `a stranger (${stranger.clientAddress})`
    : `a stranger, whom it takes for us (${ownAddress}),`;
  const finding = findingOf(name, proof, {
    refused: `${who} is refused for a foreign domain`,
    accepted: `the next hop takes mail from ${who} to a foreign domain`,
    fixes: tellsClient ? closeForStrangers : distrust(ownAddress),
  });
  return { finding, proof };
}

/** The same through the front hop that runs on this machine; null where none answers. */
export async function checkRelayThroughUs(
  listen: HostPort,
  { settings, tellsClient }: Pick<RelayCheck, 'settings' | 'tellsClient'>,
  strangers: RelayProof,
): Promise<Finding | null> {
  const address = { host: reachable(listen.host), port: listen.port };
  if (address.port === 0 || !(await answers(address))) return null;
  const name = 'open relay through us';
  const proof = await proveRelayRefused(
    { ...settings, ...address, protocol: 'smtp', tls: { kind: 'none' }, clientIdentity: 'none' },
    { connection: null, signal: AbortSignal.timeout(settings.connectMs * 2) },
  );
  const where = formatHostPort(address);
  if (proof.kind === 'accepted' && tellsClient && strangers.kind === 'refused') {
    return warning(name, `${where} relays to foreign domains for this machine, not for strangers`, [
      'right if programs on this machine send mail this way; else Postfix: no loopback address in mynetworks; Exim: none in relay_from_hosts; Exchange: none in RemoteIPRanges of a relay connector',
    ]);
  }
  return findingOf(name, proof, {
    refused: `${where} refuses a foreign domain`,
    accepted: `${where} takes mail from a foreign sender to a foreign domain`,
    fixes: tellsClient ? closeForStrangers : distrust('our address'),
  });
}

function findingOf(
  name: string,
  proof: RelayProof,
  texts: {
    readonly refused: string;
    readonly accepted: string;
    readonly fixes: readonly string[];
  },
): Finding {
  switch (proof.kind) {
    case 'refused':
      return ok(name, `${texts.refused}: ${proof.reply}`);
    case 'accepted':
      return failed(name, `${texts.accepted} (${proof.reply}): this is an open relay`, texts.fixes);
    case 'unproven':
      return warning(name, `neither proven nor excluded: ${proof.why}`, [
        'ask again when the next hop answers, or try by hand with a domain that is not yours: swaks --server HOST:PORT --quit-after RCPT --to somebody@a-foreign-domain',
      ]);
  }
}

const closeForStrangers = [
  'Postfix: smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination; and mynetworks without networks of strangers',
  'Exim: relay_from_hosts (Debian: dc_relay_nets) and relay_to_domains without * in the rcpt ACL',
  'Exchange: Get-ReceiveConnector | Remove-ADPermission -User "NT AUTHORITY\\ANONYMOUS LOGON" -ExtendedRights Ms-Exch-SMTP-Accept-Any-Recipient',
];

function distrust(ownAddress: string): readonly string[] {
  return [
    `Postfix: smtpd_authorized_xclient_hosts = ${ownAddress} (then it judges the real client), or mynetworks without ${ownAddress}`,
    `Exim: relay_from_hosts (Debian: dc_relay_nets) without ${ownAddress}`,
    `Exchange: ${ownAddress} in RemoteIPRanges of no connector that lets anonymous users relay (Ms-Exch-SMTP-Accept-Any-Recipient, ExternalAuthoritative)`,
  ];
}

function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

async function answers(address: HostPort): Promise<boolean> {
  const socket = connect(address);
  const timer = setTimeout(() => socket.destroy(new Error('too late')), reachMs);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}
