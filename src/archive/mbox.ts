/** One message out of an archive: CRLF line endings, arrival time from the archive where it has one. */
export type ArchivedMessage = {
  readonly bytes: Buffer;
  readonly arrivedAt: Date | null;
  readonly source: string;
};

/** `From ` line of an mbox (RFC 4155): sender, then a date in asctime form, perhaps with a zone. */
const fromLine = /^From (\S+) +(.*)$/;

/** Longer than mail gets anywhere; what lies beyond in one message is left out. */
const maxMessageLength = 2 ** 27;
const maxLineLength = 2 ** 24;

/** Takes the text of an mbox (one character a byte) in pieces of any size. */
export type MboxSplitter = {
  /** Messages that end in this piece. */
  readonly push: (text: string) => Generator<ArchivedMessage>;
  /** The message that ends with the file. */
  readonly end: () => Generator<ArchivedMessage>;
};

/** Splits a whole mbox. */
export function* splitMbox(data: Buffer, source: string): Generator<ArchivedMessage> {
  const splitter = createMboxSplitter(source);
  for (let start = 0; start < data.length; start += pieceLength)
    yield* splitter.push(data.toString('latin1', start, start + pieceLength));
  yield* splitter.end();
}

const pieceLength = 2 ** 20;

/**
 * A message starts at a `From ` line that opens the file or follows an empty line; a second `>From ` line before the
 * first header field is a relic of an earlier split and is dropped, as is mboxrd quoting of body lines. Holds one
 * message in memory.
 */
export function createMboxSplitter(source: string): MboxSplitter {
  let current: { lines: string[]; length: number; arrivedAt: Date | null } | null = null;
  let number = 0;
  let unfinished = '';
  let previous = '';
  function* take(line: string): Generator<ArchivedMessage> {
    const opens = line.startsWith('From ') && previous === '' && fromLine.exec(line);
    previous = line;
    if (opens) {
      if (current) yield finish(current, `${source}#${++number}`);
      current = { lines: [], length: 0, arrivedAt: parseArrival(opens[2] ?? '') };
    } else if (current && !(current.lines.length === 0 && line.startsWith('>From '))) {
      current.length += line.length + 2;
      if (current.length <= maxMessageLength) current.lines.push(line.replace(/^>(>*From )/, '$1'));
    }
  }
  return {
    *push(text) {
      const lines = (unfinished + text).split('\n');
      unfinished = (lines.pop() ?? '').slice(0, maxLineLength);
      for (const line of lines) yield* take(line.endsWith('\r') ? line.slice(0, -1) : line);
    },
    *end() {
      yield* take(unfinished);
      if (current) yield finish(current, `${source}#${++number}`);
    },
  };
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
