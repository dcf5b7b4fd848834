/**
 * The authserv-id that an Authentication-Results field claims (RFC 8601 §2.2), without quotes and as it is spelled, or
 * null where there is none. What follows it is not judged: a forged field need not be well-formed to be believed.
 */
export function parseAuthservId(fieldBody: string): string | null {
  const start = skipSpaceAndComments(fieldBody);
  if (start === null) return null;
  const rest = fieldBody.slice(start);
  if (rest.startsWith('"')) {
    const quoted = /^"((?:[^"\\]|\\[^])*)"/.exec(rest)?.[1];
    return quoted === undefined
      ? null
      : quoted.replace(/\r?\n/g, '').replace(/\\([^])/g, '$1') || null;
  }
  // RFC 2045 §5.1 token, and the UTF-8 of internationalized host names (RFC 8616).
  return /^[^\x00-\x20\x7f()<>@,;:\\"/[\]?=]+/.exec(rest)?.[0] ?? null;
}

/** CFWS, RFC 5322 §3.2.2: comments nest. Null where a comment never ends. */
function skipSpaceAndComments(text: string): number | null {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === '(') depth++;
    else if (depth > 0 && character === ')') depth--;
    else if (depth > 0 && character === '\\') at++;
    else if (depth === 0 && !/[ \t\r\n]/.test(character)) return at;
  }
  return depth === 0 ? text.length : null;
}
