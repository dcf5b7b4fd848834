/** `unavailable`: it may work later; `refused`: what the provider said does not do. */
export type FaultKind = 'unavailable' | 'refused';

/** Why a provider cannot be used, or believed: its message is half a sentence for anybody, and holds nothing secret. */
export class ProviderFault extends Error {
  override readonly name = 'ProviderFault';
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/**
 * What the library threw, without what it carries along: tokens, codes and whole answers hang on its errors.
 * @param waitedMs for a provider that did not answer in time
 */
export function faultOf(error: unknown, waitedMs: number): ProviderFault {
  if (error instanceof ProviderFault) return error;
  const inner = innermost(error);
  if (inner instanceof ProviderFault) return inner;
  const code = codeOf(error);
  if (code === 'OAUTH_TIMEOUT' || nameOf(inner) === 'TimeoutError')
    return new ProviderFault('unavailable', `did not answer within ${waitedMs / 1000} s`);
  // What `fetch` throws for everything below HTTP: names, connections, certificates.
  if (error instanceof TypeError && error.message === 'fetch failed')
    return new ProviderFault('unavailable', `cannot be reached (${codeOf(inner) || 'UNKNOWN'})`);
  if (isServerTrouble(error)) return new ProviderFault('unavailable', 'answers with an error');
  const told = word(property(error, 'error'));
  if (told !== '') return new ProviderFault('refused', `says \`${told}\``);
  return new ProviderFault('refused', `gave an answer that cannot be used (${code || 'UNKNOWN'})`);
}

function isServerTrouble(error: unknown): boolean {
  const status =
    property(error, 'status') ??
    property(property(error, 'cause'), 'status') ??
    property(property(error, 'response'), 'status');
  return typeof status === 'number' && status >= 500;
}

/** RFC 6749 §4.1.2.1 and §5.2 have such words; anything else is nobody's to read. */
function word(value: unknown): string {
  return typeof value === 'string' && /^[a-z_]{1,60}$/.test(value) ? value : '';
}

function codeOf(error: unknown): string {
  const code = property(error, 'code');
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : '';
}

function nameOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : '';
}

function innermost(error: unknown): unknown {
  let inner = error;
  for (let depth = 0; depth < 5; depth++) {
    const cause = property(inner, 'cause');
    if (!(cause instanceof Error) && !(cause instanceof DOMException)) break;
    inner = cause;
  }
  if (inner instanceof AggregateError) return inner.errors[0];
  return inner;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
