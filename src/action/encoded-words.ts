/** `=?utf-8?q?` and `?=` leave this much of the 75 characters of one encoded word (RFC 2047 §2). */
const maxPayloadCharacters = 75 - 12;

/**
 * Text for an unstructured field body as printable ASCII: words that are not ASCII become encoded words (RFC 2047 §5),
 * all others stay readable in a raw view. A word that looks like an encoded word is encoded too, so that text taken
 * from a message cannot unfold into something else in the reader's mail program.
 */
export function encodeWords(text: string): string {
  const shown: string[] = [];
  let run: string[] = [];
  const flush = () => {
    // White space between two encoded words is not displayed (RFC 2047 §6.2): a run carries its own spaces.
    if (run.length > 0) shown.push(...encodeRun(run.join(' ')));
    run = [];
  };
  for (const word of cleanText(text).split(' ')) {
    if (/[^!-~]|=\?/.test(word)) {
      run.push(word);
    } else {
      flush();
      shown.push(word);
    }
  }
  flush();
  return shown.join(' ');
}

/** One line of displayable text: no controls, no invisible or direction-changing characters, single spaces. */
function cleanText(text: string): string {
  return text
    .replace(/[\s\u0085]+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\ufffd')
    .trim();
}

function encodeRun(run: string): string[] {
  const payloads: string[] = [];
  let payload = '';
  for (const character of run) {
    const encoded = encodeCharacter(character);
    // A character is never split over two words (RFC 2047 §5).
    if (payload.length + encoded.length > maxPayloadCharacters) {
      payloads.push(payload);
      payload = '';
    }
    payload += encoded;
  }
  return [...payloads, payload].map((content) => `=?utf-8?q?${content}?=`);
}

/** "Q" encoding with the narrowest alphabet, RFC 2047 §5 (3). */
function encodeCharacter(character: string): string {
  if (character === ' ') return '_';
  if (/^[A-Za-z0-9!*+/-]$/.test(character)) return character;
  return [...Buffer.from(character)]
    .map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}
