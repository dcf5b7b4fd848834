declare module 'libmime' {
  /** Decodes RFC 2047 encoded words; unknown charsets are read leniently, nothing throws. */
  export function decodeWords(text: string): string;
}
