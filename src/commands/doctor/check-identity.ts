import type { NextHopSettings } from '../../smtp/next-hop-settings.ts';
import type { ReachedNextHop } from './check-next-hop.ts';
import { failed, ok, warning, type Finding } from './finding.ts';

/** Whether the next hop learns who the client is, and decides by that. */
export function tellsClient(
  { clientIdentity }: NextHopSettings,
  { capabilities }: ReachedNextHop,
): boolean {
  switch (clientIdentity) {
    case 'auto':
    case 'xclient':
      return capabilities.has('XCLIENT');
    case 'proxy-v1':
    case 'proxy-v2':
      return true;
    case 'xforward':
    case 'none':
      return false;
  }
}

/** XCLIENT permission: offered to our address or not. */
export function checkIdentity(
  settings: NextHopSettings,
  reached: ReachedNextHop,
  suffix: string,
): Finding {
  const name = `client identity${suffix}`;
  const { clientIdentity } = settings;
  const { ownAddress } = reached.probe;
  const isBlind = `the next hop takes ${ownAddress} for every client: its blocklists, rates and relay permissions judge us`;
  if (tellsClient(settings, reached)) {
    return clientIdentity === 'proxy-v1' || clientIdentity === 'proxy-v2'
      ? ok(name, 'every connection begins with a PROXY header')
      : ok(name, 'XCLIENT is offered to us: the next hop sees the real clients');
  }
  switch (clientIdentity) {
    case 'xclient':
      return failed(
        name,
        'XCLIENT is not offered to us, and we do not relay without it',
        permit(ownAddress),
      );
    case 'xforward':
      return reached.capabilities.has('XFORWARD')
        ? ok(name, 'XFORWARD is offered: the log of the next hop names the real clients')
        : warning(name, `XFORWARD is not offered to us: ${isBlind}`, [
            `Postfix: smtpd_authorized_xforward_hosts = ${ownAddress}`,
            'Exim and Exchange have no XFORWARD: choose --client-identity none',
          ]);
    default:
      return warning(
        name,
        `XCLIENT is not ${clientIdentity === 'none' ? 'used' : 'offered to us'}: ${isBlind}`,
        permit(ownAddress),
      );
  }
}

function permit(ownAddress: string): readonly string[] {
  return [
    `Postfix: smtpd_authorized_xclient_hosts = ${ownAddress}`,
    `Exim: hosts_proxy = ${ownAddress} and --client-identity proxy-v2 (Exim built with PROXY support)`,
    `Exchange: it can do neither; keep ${ownAddress} out of every connector that may relay, and let it judge by our fields`,
  ];
}
