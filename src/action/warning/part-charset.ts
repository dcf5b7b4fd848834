import iconv from 'iconv-lite';

const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');

/**
 * Text as bytes of a part in `charset`; letters that it has no place for lose their accents. Null where bytes of ASCII
 * do not mean ASCII (UTF-16, UTF-7, EBCDIC) or the charset is unknown: nothing can be written there. With `isAsciiOnly`
 * the bytes are ASCII whatever the charset could do.
 */
export function encodeFor(text: string, charset: string, isAsciiOnly: boolean): Buffer | null {
  if (!extendsAscii(charset)) return null;
  if (!isAsciiOnly && iconv.encodingExists(charset)) {
    const bytes = iconv.encode(text, charset);
    if (iconv.decode(bytes, charset) === text) return bytes;
  }
  return Buffer.from(withoutAccents(text), 'latin1');
}

/** Whether bytes of ASCII, where no escape sequence went before, are ASCII characters in it. */
export function extendsAscii(charset: string): boolean {
  if (/^(?:us-ascii|ascii|iso-2022-jp(?:-\w+)?)$/i.test(charset)) return true;
  return iconv.encodingExists(charset) && iconv.encode(ascii, charset).equals(Buffer.from(ascii));
}

const letters: Readonly<Record<string, string>> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  Ä: 'Ae',
  Ö: 'Oe',
  Ü: 'Ue',
  ß: 'ss',
  ł: 'l',
  Ł: 'L',
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
};

function withoutAccents(text: string): string {
  return text
    .replace(/[äöüÄÖÜßłŁøæœ]/g, (letter) => letters[letter] ?? letter)
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[^\r\n -~]/g, '?');
}
