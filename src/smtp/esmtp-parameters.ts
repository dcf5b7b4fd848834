import { isAscii } from 'node:buffer';
import type { Capabilities } from './capabilities.ts';
import { parseParameters, type EsmtpParameter, type PathCommand } from './path-command.ts';
import { reply, type Reply } from './reply.ts';

/** Parameters of the extensions we announce, with the extension that must be there for each. */
const extensionOf: Readonly<Record<PathCommand['verb'], Readonly<Record<string, string>>>> = {
  'MAIL FROM': { SIZE: 'SIZE', BODY: '8BITMIME', SMTPUTF8: 'SMTPUTF8', RET: 'DSN', ENVID: 'DSN' },
  'RCPT TO': { NOTIFY: 'DSN', ORCPT: 'DSN' },
};

/**
 * Why these parameters cannot be taken, or null. What belongs to an extension that we do not announce (AUTH,
 * BODY=BINARYMIME, REQUIRETLS) is refused here even if the next hop knows it: it would promise what we do not do.
 */
export function refuseParameters({ verb, parameters }: PathCommand): Reply | null {
  const given = parseParameters(parameters);
  if (new Set(given.map(({ keyword }) => keyword)).size < given.length) {
    return reply(501, '5.5.4', 'A parameter is given twice');
  }
  for (const parameter of given) {
    if (!Object.hasOwn(extensionOf[verb], parameter.keyword)) {
      return reply(555, '5.5.4', `Unsupported option: ${parameter.keyword}`);
    }
    if (!isWellFormed(parameter)) return reply(501, '5.5.4', `Bad value of ${parameter.keyword}`);
  }
  return null;
}

function isWellFormed({ keyword, value }: EsmtpParameter): boolean {
  if (keyword === 'SMTPUTF8') return value === null;
  if (keyword === 'SIZE') return /^\d{1,20}$/.test(value ?? ''); // RFC 1870 §4
  if (keyword === 'BODY') return /^(7BIT|8BITMIME)$/i.test(value ?? '');
  return value !== null && value !== '';
}

/** Size the client declared; 0 where it did not say. */
export function declaredSizeBytes({ parameters }: PathCommand): number {
  const size = parseParameters(parameters).find(({ keyword }) => keyword === 'SIZE');
  return Number(size?.value ?? 0);
}

export function refuseSize(mail: PathCommand, limitBytes: number): Reply | null {
  if (declaredSizeBytes(mail) <= limitBytes) return null;
  return reply(552, '5.3.4', `Message exceeds the limit of ${limitBytes} bytes`);
}

export function wantsSmtpUtf8({ parameters }: PathCommand): boolean {
  return parseParameters(parameters).some(({ keyword }) => keyword === 'SMTPUTF8');
}

/** RFC 6531 §3.3: an address beyond ASCII needs SMTPUTF8. */
export function refuseAddress({ path }: PathCommand, smtpUtf8: boolean): Reply | null {
  return smtpUtf8 || isAscii(Buffer.from(path))
    ? null
    : reply(553, '5.6.7', 'Address needs SMTPUTF8');
}

/**
 * The next hop cannot do what the client asks for. If we had announced it (before we knew better), the client must not
 * bounce the mail: it gets 421, comes back, and finds the right announcement. SIZE is ours to answer.
 */
export function refuseMissing(
  { verb, parameters }: PathCommand,
  nextHop: Capabilities,
  announced: readonly string[],
): Reply | null {
  const missing = parseParameters(parameters)
    .map(({ keyword }) => extensionOf[verb][keyword] ?? keyword)
    .filter((extension) => extension !== 'SIZE' && !nextHop.has(extension));
  if (missing.length === 0) return null;
  return missing.some((extension) => announced.includes(extension))
    ? reply(421, '4.3.2', 'Capabilities have changed, connect again')
    : reply(555, '5.5.4', `Unsupported option: needs ${missing.join(', ')}`);
}

/** The command with `sizeBytes` where it declares a SIZE, and without SIZE for a next hop that does not know it. */
export function withSize(
  command: PathCommand,
  sizeBytes: number,
  nextHop: Capabilities,
): PathCommand {
  const size = nextHop.has('SIZE') ? `SIZE=${sizeBytes}` : '';
  const parameters = command.parameters.replace(
    /(^|[ \t])SIZE=\d+/i,
    (_, before: string) => before + size,
  );
  return { ...command, parameters: parameters.trim() };
}
