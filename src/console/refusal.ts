/**
 * The sentence of an act that was refused for what was asked: a value that no alias can carry, an act that cannot be taken
 * back. Null for everything else that is thrown, such as a store that is down.
 */
export function refusalOf(error: unknown): string | null {
  const isPlain = error instanceof Error && error.constructor === Error;
  if (!isPlain || 'code' in error || error.cause !== undefined) return null;
  return error.message;
}
