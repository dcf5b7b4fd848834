/** A property of an iCalendar stream (RFC 5545 §3.1); names in upper case, the value still escaped. */
export type CalendarLine = {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly value: string;
};

/** More than fifty meetings have. */
const maxLines = 5000;
const maxLineLength = 50_000;
const maxParameters = 20;

/** The unfolded lines of a calendar, at most 5,000 of 50,000 characters; what is no content line is left out. */
export function* calendarLines(
  content: Uint8Array,
  charset: string | null,
): Generator<CalendarLine> {
  for (const line of decode(content, charset).split(/\r\n|\n|\r/, maxLines)) {
    const parsed = parseLine(line.slice(0, maxLineLength));
    if (parsed !== null) yield parsed;
  }
}

/** Old programs fold between the octets of one character (§3.1), so lines are unfolded before they are decoded. */
function decode(content: Uint8Array, charset: string | null): string {
  const octets = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const unfolded = octets.toString('latin1').replace(/(?:\r\n|\n|\r)[ \t]/g, '');
  return decoderFor(charset).decode(Buffer.from(unfolded, 'latin1'));
}

/** UTF-8 where the sender names no character set that we know (§3.1.4). */
function decoderFor(charset: string | null) {
  try {
    return new TextDecoder(charset ?? 'utf-8');
  } catch {
    return new TextDecoder();
  }
}

function parseLine(line: string): CalendarLine | null {
  // A quote that is never closed hides every colon; readers then fall back on the first.
  const [head, value] = cutAt(line, ':') ?? cutAtFirstColon(line) ?? ['', ''];
  const [name = '', ...written] = splitOutsideQuotes(head, ';');
  if (!/^[\w-]+$/.test(name)) return null;
  const parameters = new Map<string, string>();
  for (const parameter of written.slice(0, maxParameters)) {
    const equals = parameter.indexOf('=');
    if (equals > 0)
      parameters.set(
        parameter.slice(0, equals).toUpperCase(),
        unquote(parameter.slice(equals + 1)),
      );
  }
  return { name: name.toUpperCase(), parameters, value };
}

function cutAt(line: string, separator: string): readonly [string, string] | null {
  const [head = '', ...rest] = splitOutsideQuotes(line, separator, 2);
  return rest[0] === undefined ? null : [head, rest[0]];
}

function cutAtFirstColon(line: string): readonly [string, string] | null {
  const colon = line.indexOf(':');
  return colon < 0 ? null : [line.slice(0, colon), line.slice(colon + 1)];
}

/** At most `limit` pieces; the last one is the rest as it stands. */
function splitOutsideQuotes(text: string, separator: string, limit = Infinity): readonly string[] {
  const pieces: string[] = [];
  let quoted = false;
  let from = 0;
  for (let index = 0; index < text.length && pieces.length < limit - 1; index++) {
    if (text[index] === '"') quoted = !quoted;
    else if (text[index] === separator && !quoted) {
      pieces.push(text.slice(from, index));
      from = index + 1;
    }
  }
  pieces.push(text.slice(from));
  return pieces;
}

const careted: Readonly<Record<string, string>> = { '^n': '\n', '^^': '^', "^'": '"' };

/** Quotes off; RFC 6868 escapes decoded. */
function unquote(written: string): string {
  return written.replace(/^"|"$/g, '').replace(/\^[n^']/g, (escape) => careted[escape] ?? '');
}

/** A TEXT value as it was meant (RFC 5545 §3.3.11). */
export function unescapeText(value: string): string {
  return value.replace(/\\([\\;,nN])/g, (_, escaped: string) =>
    escaped.toLowerCase() === 'n' ? '\n' : escaped,
  );
}
