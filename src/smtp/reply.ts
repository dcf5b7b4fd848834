/**
 * One SMTP reply (RFC 5321 §4.2): `code` 200–559, `enhancedCode` as `class.subject.detail` (RFC 3463) or null where
 * none belongs (greeting, EHLO, 354), `lines` without code, enhanced code or line ending, at least one.
 */
export type Reply = {
  readonly code: number;
  readonly enhancedCode: string | null;
  readonly lines: readonly string[];
};

/** A reply of one line. */
export function reply(code: number, enhancedCode: string | null, text: string): Reply {
  return { code, enhancedCode, lines: [text] };
}

export function isPositive(candidate: Reply): boolean {
  return candidate.code >= 200 && candidate.code < 300;
}

/** The reply in one line, for logs and headers. */
export function replyText({ code, enhancedCode, lines }: Reply): string {
  return [code, enhancedCode, ...lines].filter((part) => part !== null).join(' ');
}

/** The single error an SMTP client can see: the error is the reply. */
export class SmtpError extends Error {
  override readonly name = 'SmtpError';
  readonly reply: Reply;

  constructor(failed: Reply, options?: ErrorOptions) {
    super(replyText(failed), options);
    this.reply = failed;
  }
}
