/** Settings of a command that acts as a reviewer; one that releases needs those of the next hop as well. */
export const deskSettings = ['stateDir', 'store', 'rulesDir', 'hostname'] as const;

export const deliverySettings = [
  'nextHop',
  'nextHopProtocol',
  'nextHopTls',
  'nextHopTlsCaFile',
  'nextHopTlsName',
  'clientIdentity',
] as const;
