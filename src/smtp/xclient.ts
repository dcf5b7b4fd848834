import { isIPv6 } from 'node:net';
import type { Connection } from './transaction.ts';

/** XCLIENT_README, XFORWARD_README: a command has at most 512 octets, with its line ending. */
const maxCommandLength = 510;
const maxValueLength = 400;
const unavailable = '[UNAVAILABLE]';

/**
 * XCLIENT commands that tell the next hop who the client is (Postfix XCLIENT_README). Without them it would see our
 * address, which it may trust: every stranger could relay through us.
 */
export function xclientCommands(connection: Connection, offeredAttributes: string): string[] {
  return render('XCLIENT', attributesOf(connection), offeredAttributes);
}

/** XFORWARD commands: who the client is, for the next hop's log only (Postfix XFORWARD_README). */
export function xforwardCommands(connection: Connection, offeredAttributes: string): string[] {
  const attributes = [...attributesOf(connection), ['SOURCE', 'REMOTE'] as const];
  return render('XFORWARD', attributes, offeredAttributes);
}

type Attribute = readonly [name: string, value: string];

function attributesOf(connection: Connection): readonly Attribute[] {
  const { clientAddress, clientHostname, clientPort, helo, protocol } = connection;
  // NAME and ADDR last: they change what the next hop lets this connection do.
  return [
    ['HELO', xtext(helo)],
    ['PROTO', protocol === 'SMTP' ? 'SMTP' : 'ESMTP'],
    ['PORT', String(clientPort)],
    ['NAME', clientHostname === null ? unavailable : xtext(clientHostname)],
    ['ADDR', isIPv6(clientAddress) ? `IPV6:${clientAddress}` : clientAddress],
  ];
}

function render(
  verb: 'XCLIENT' | 'XFORWARD',
  attributes: readonly Attribute[],
  offeredAttributes: string,
): string[] {
  const offered = new Set(offeredAttributes.toUpperCase().split(' '));
  const commands: string[] = [];
  for (const [name, value] of attributes) {
    if (!offered.has(name)) continue;
    const attribute = ` ${name}=${value.length > maxValueLength ? unavailable : value}`;
    const last = commands.at(-1);
    if (last === undefined || last.length + attribute.length > maxCommandLength)
      commands.push(`${verb}${attribute}`);
    else commands.splice(-1, 1, last + attribute);
  }
  return commands;
}

/** RFC 3461 §4: everything that is not printable ASCII, and `+` and `=`, as `+` and two hex digits. */
function xtext(value: string): string {
  const bytes = [...Buffer.from(value)];
  const encoded = bytes.map((byte) =>
    byte > 0x20 && byte < 0x7f && byte !== 0x2b && byte !== 0x3d
      ? String.fromCharCode(byte)
      : `+${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  );
  return encoded.join('') || unavailable;
}
