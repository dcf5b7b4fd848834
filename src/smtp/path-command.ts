import { isUtf8 } from 'node:buffer';

/** MAIL or RCPT as the client wrote it (RFC 5321 §4.1.1.2, §4.1.1.3), forwarded without rewriting. */
export type PathCommand = {
  readonly verb: 'MAIL FROM' | 'RCPT TO';
  /** With angle brackets and source route, as received. */
  readonly path: string;
  /** Without angle brackets and source route; empty for the null reverse-path. */
  readonly address: string;
  /** ESMTP parameters as received, or the empty string. */
  readonly parameters: string;
};

/** One ESMTP parameter: keyword in upper case, value or null. */
export type EsmtpParameter = { readonly keyword: string; readonly value: string | null };

// A quoted string may hold `>` and spaces, so a path ends at the first `>` outside quotes.
const syntax = /^(MAIL FROM|RCPT TO):[ ]*(<(?:"(?:[^"\\]|\\.)*"|[^"<>])*>)(?:[ \t]+(.*))?$/is;
const sourceRoute = /^@[^:\s]+:/;

/** Reads a command line, or returns null where it is no such command. */
export function parsePathCommand(verb: PathCommand['verb'], line: Buffer): PathCommand | null {
  // A control character would end our own command line at the next hop, or split a header field.
  if (!isUtf8(line) || line.some((byte) => (byte < 0x20 && byte !== 0x09) || byte === 0x7f))
    return null;
  const match = syntax.exec(line.toString('utf8').trimEnd());
  const [, command, path, parameters = ''] = match ?? [];
  if (path === undefined || command?.toUpperCase() !== verb) return null;
  return {
    verb,
    path,
    address: path.slice(1, -1).replace(sourceRoute, ''),
    parameters: parameters.trim(),
  };
}

export function renderPathCommand({ verb, path, parameters }: PathCommand): string {
  return `${verb}:${path}${parameters === '' ? '' : ` ${parameters}`}`;
}

export function parseParameters(parameters: string): EsmtpParameter[] {
  return parameters
    .split(/[ \t]+/)
    .filter((parameter) => parameter !== '')
    .map((parameter) => {
      const equals = parameter.indexOf('=');
      const keyword = (equals === -1 ? parameter : parameter.slice(0, equals)).toUpperCase();
      return { keyword, value: equals === -1 ? null : parameter.slice(equals + 1) };
    });
}
