import type { Random } from '../../src/commands/demo/random.ts';

/** What one fuzzed client writes, in segments; whoever sends it reads whatever comes back. */
export type FuzzInput = {
  readonly segments: readonly Buffer[];
  /** Longest wait for a reply before every segment, as the protocol wants it; 0 writes without listening. */
  readonly patienceMs: number;
  /** Hangs up in this way once all is written. */
  readonly ending: 'end' | 'destroy' | 'reset';
};

const crlf = '\r\n';

/** Commands in every state, with the odd shapes that other servers have stumbled over. */
const commands = [
  'EHLO fuzz.test',
  'HELO fuzz.test',
  'EHLO',
  'EHLO [IPv6:::1]',
  'ehlo \u00fc.test',
  'MAIL FROM:<a@s.test>',
  'MAIL FROM:<>',
  'mail from:<"q \\" q"@s.test> SIZE=100 BODY=8BITMIME',
  'MAIL FROM:<a@s.test> SIZE=99999999999999999999',
  'MAIL FROM:<\u00fc@s.test> SMTPUTF8',
  'MAIL FROM:a@s.test',
  'MAIL',
  'MAIL FROM:<a@s.test> RET=HDRS ENVID=+2B+3D',
  'RCPT TO:<b@e.test>',
  'RCPT TO:<Postmaster>',
  'RCPT TO:<b@e.test> NOTIFY=NEVER ORCPT=rfc822;b+2Bc@e.test',
  'RCPT TO:<>',
  'RCPT TO:<@r.test:b@e.test>',
  'RCPT',
  'DATA',
  'DATA x',
  'RSET',
  'NOOP',
  'NOOP anything at all',
  'QUIT',
  'VRFY bob',
  'EXPN list',
  'HELP',
  'STARTTLS',
  'AUTH LOGIN',
  'XCLIENT ADDR=192.0.2.1',
  'XFORWARD NAME=x',
  'BDAT 3 LAST',
  'ETRN x',
  'WIZ',
  'GET / HTTP/1.1',
  '',
  ' ',
  'PROXY TCP4 192.0.2.1 192.0.2.2 1 2',
];

const bodies = [
  '',
  'Subject: x\r\n\r\nbody\r\n',
  '..\r\n.a\r\n',
  'a\n.\nb\r\n',
  'a\r.\rb\r\n',
  'a\0b\r\n',
  '\xff\xfe\x80\r\n',
  'MAIL FROM:<evil@s.test>\r\nRCPT TO:<victim@e.test>\r\nDATA\r\n',
  `${'x'.repeat(5000)}\r\n`,
  'Received: by a\r\n'.repeat(30),
  ': \r\n \r\n\t\r\n',
];

/** A session that completes a message unless it is damaged. */
function honest(random: Random): string[] {
  const message = random.chance(0.5) ? 'Subject: x\r\n\r\nbody\r\n' : random.pick(bodies);
  return ['EHLO fuzz.test', 'MAIL FROM:<a@s.test>', 'RCPT TO:<b@e.test>', 'DATA', `${message}.`];
}

/** Half of the inputs are honest sessions, some of them damaged; the others are commands in any order. */
export function fuzzInput(random: Random): FuzzInput {
  const kind = random.below(10);
  const lines =
    kind < 7
      ? [...honest(random), ...(random.chance(0.3) ? honest(random).slice(1) : []), 'QUIT']
      : Array.from({ length: 1 + random.below(12) }, () =>
          random.chance(0.1) ? `${random.pick(bodies)}.` : random.pick(commands),
        );
  if (kind === 4) lines.splice(random.below(lines.length), 0, random.pick(commands));
  const whole = lines.map((line) => Buffer.from(line + crlf, 'latin1'));
  const isDamaged = kind >= 5;
  const segments =
    isDamaged && random.chance(0.7) ? whole.map((line) => damaged(line, random)) : whole;
  const isRecut = random.chance(isDamaged ? 0.3 : 0.05);
  return {
    segments: isRecut ? recut(Buffer.concat(segments), random) : segments,
    // A whole command always has a reply; half of one has none to wait for.
    patienceMs: !isRecut && !isDamaged ? 1000 : random.chance(0.5) ? 20 : 0,
    ending: random.pick(['end', 'end', 'destroy', 'reset'] as const),
  };
}

const nasty = [
  '\r',
  '\n',
  '\0',
  '\r\n.\r\n',
  '\n.\n',
  '\r.\r',
  '.',
  '<',
  '>',
  '"',
  '\\',
  ' ',
  '\t',
  '\xff',
  ':',
  '\x80',
];

/** Bytes flipped, cut out, doubled or put in; three lines of four stay as they are. */
function damaged(bytes: Buffer, random: Random): Buffer {
  if (random.chance(0.75) || bytes.length === 0) return bytes;
  const at = random.below(bytes.length);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (random.below(5)) {
    case 0:
      return Buffer.concat([before, Buffer.from([random.below(256)]), after.subarray(1)]);
    case 1:
      return Buffer.concat([before, after.subarray(1 + random.below(after.length))]);
    case 2:
      return Buffer.concat([before, Buffer.from(random.pick(nasty), 'latin1'), after]);
    case 3:
      return Buffer.concat([bytes, bytes]);
    default:
      return Buffer.concat([before, Buffer.alloc(random.below(6000), random.below(256)), after]);
  }
}

/** The same bytes in other segments. */
function recut(bytes: Buffer, random: Random): Buffer[] {
  const segments: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = 1 + random.below(random.chance(0.5) ? 8 : 400);
    segments.push(bytes.subarray(at, at + length));
    at += length;
  }
  return segments;
}
