/** What records an event must not stop what it is about. */
export function neverThrowing<Arguments extends unknown[]>(
  record: (...values: Arguments) => void,
): (...values: Arguments) => void {
  return (...values) => {
    try {
      record(...values);
    } catch {
      // Nobody is left to tell.
    }
  };
}
