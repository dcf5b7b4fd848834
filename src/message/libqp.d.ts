declare module 'libqp' {
  /** Bytes that quoted-printable text stands for (RFC 2045 §6.7), read leniently; nothing throws. */
  export function decode(text: Buffer): Buffer;
}
