/**
 * What we use of smtp-server beyond its documented API. The version is pinned, and a contract test fails when one of
 * these goes away. Used by client-connection.ts and command-stream.ts, and nowhere else.
 */
export const smtpServerInternals = {
  connection: ['_createParser', '_setListeners', '_onClose', '_socket', '_parser', '_dataStream'],
  handlers: ['EHLO', 'HELO', 'MAIL', 'RCPT', 'DATA', 'RSET', 'QUIT', 'VRFY', 'HELP'],
  stream: [
    'write',
    '_write',
    '_remainder',
    '_dataMode',
    '_feedDataStream',
    '_endDataMode',
    '_dataStream',
    'startDataMode',
    'continue',
    'isClosed',
  ],
} as const;
