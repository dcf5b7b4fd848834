/** Settings of a command that looks at held mail. */
export const heldSettings = [
  'stateDir',
  'store',
  'quarantineStore',
  'quarantineS3Endpoint',
  'quarantineS3Region',
  'quarantineS3Addressing',
  'quarantineTimeoutMs',
  'quarantineKeyFile',
] as const;

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
