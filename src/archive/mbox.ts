/** One message out of an archive: CRLF line endings, arrival time from the archive where it has one. */
export type ArchivedMessage = {
  readonly bytes: Buffer;
  readonly arrivedAt: Date | null;
  readonly source: string;
};

/** `From ` line of an mbox (RFC 4155): sender, then a date in asctime form, perhaps with a zone. */
const fromLine = /^From (\S+) +(.*)$/;

/**
 * Splits an mbox. A message starts at a `From ` line that opens the file or follows an empty line; a second `>From `
 * line before the first header field is a relic of an earlier split and is dropped, as is mboxrd quoting of body lines.
 */
export function* splitMbox(data: Buffer, source: string): Generator<ArchivedMessage> {
  const lines = data.toString('latin1').split(/\r?\n/);
  let current: { lines: string[]; arrivedAt: Date | null } | null = null;
  let number = 0;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const opens =
      line.startsWith('From ') && (index === 0 || lines[index - 1] === '') && fromLine.exec(line);
    if (opens) {
      if (current) yield finish(current, `${source}#${++number}`);
      current = { lines: [], arrivedAt: parseArrival(opens[2] ?? '') };
    } else if (current && !(current.lines.length === 0 && line.startsWith('>From '))) {
      current.lines.push(line.replace(/^>(>*From )/, '$1'));
    }
  }
  if (current) yield finish(current, `${source}#${++number}`);
}

function finish(
  { lines, arrivedAt }: { readonly lines: string[]; readonly arrivedAt: Date | null },
  source: string,
): ArchivedMessage {
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  return { bytes: Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1'), arrivedAt, source };
}

/** `Sun Apr  8 18:29:22 2007`, UTC unless a zone is given; null when it is no date. */
export function parseArrival(text: string): Date | null {
  const hasZone = /(?:[+-]\d{4}|GMT|UTC|Z)\s*(?:\d{4})?$/.test(text);
  const time = Date.parse(hasZone ? text : `${text} UTC`);
  return Number.isNaN(time) ? null : new Date(time);
}
