/** Settings of a command that looks at held mail. */
export const heldSettings = ['stateDir', 'store', 'quarantineKeyFile'] as const;

/** Settings of a command that acts as a reviewer; one that releases needs those of the next hop as well. */
export const deskSettings = [...heldSettings, 'rulesDir', 'hostname'] as const;

export const deliverySettings = [
  'nextHop',
  'nextHopProtocol',
  'nextHopTls',
  'nextHopTlsCaFile',
  'nextHopTlsName',
  'clientIdentity',
] as const;
