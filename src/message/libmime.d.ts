declare module 'libmime' {
  /** Decodes RFC 2047 encoded words; unknown charsets are read leniently, nothing throws. */
  export function decodeWords(text: string): string;
  /** A structured field's value and parameters (RFC 2231 continuations joined). */
  export function parseHeaderValue(body: string): {
    readonly value: unknown;
    readonly params: Readonly<Record<string, unknown>>;
  };
}
