/** Longer than any single author's field, and short enough to be read at leisure. */
const maxBodyLength = 4096;

/**
 * The one author address of a message, or null where readers may disagree on who it is: no From field or several,
 * several addresses (also of one domain), an address behind the bracketed one, a source route. RFC 5322 §3.6.2 and
 * RFC 9989 §5.3.1 allow more; mail of the aliases we watch never needs it.
 *
 * @param fromBodies bodies of all From fields
 * @param addresses what the verifier took from them
 */
export function soleAuthor(
  fromBodies: readonly string[],
  addresses: readonly string[],
): string | null {
  const [body, ...otherBodies] = fromBodies;
  const [address, ...otherAddresses] = addresses;
  if (body === undefined || address === undefined || body.length > maxBodyLength) return null;
  if (otherBodies.length > 0 || otherAddresses.length > 0) return null;
  const bare = withoutQuotesAndComments(body);
  const bracketed = bare.match(/<[^<>]*>/g) ?? [];
  if (bracketed.length > 1) return null;
  const shown = bracketed[0] ?? bare;
  const behind = bracketed.length === 1 ? bare.slice(bare.indexOf(shown) + shown.length) : '';
  return countOf('@', shown) === 1 && countOf('@', behind) === 0 ? address.toLowerCase() : null;
}

/** RFC 5322 §3.2.2 and §3.2.4. What is opened and never closed hides nothing. */
function withoutQuotesAndComments(body: string): string {
  let kept = '';
  for (let at = 0; at < body.length; at++) {
    const end =
      body[at] === '"' ? endOfQuote(body, at) : body[at] === '(' ? endOfComment(body, at) : -1;
    if (end < 0) kept += body[at] ?? '';
    else at = end;
  }
  return kept;
}

function endOfQuote(body: string, start: number): number {
  for (let at = start + 1; at < body.length; at++) {
    if (body[at] === '\\') at++;
    else if (body[at] === '"') return at;
  }
  return -1;
}

function endOfComment(body: string, start: number): number {
  let depth = 0;
  for (let at = start; at < body.length; at++) {
    if (body[at] === '\\') at++;
    else if (body[at] === '(') depth++;
    else if (body[at] === ')' && --depth === 0) return at;
  }
  return -1;
}

function countOf(character: string, text: string): number {
  return text.split(character).length - 1;
}
