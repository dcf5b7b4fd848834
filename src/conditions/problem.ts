/** Something wrong inside an expression, and what to write instead. */
export type ExpressionProblem = {
  /** In characters from the start of the expression. */
  readonly offset: number;
  readonly message: string;
  /** Possibly empty. */
  readonly hint: string;
};

/** The candidate that a name is most likely a slip of, or null. */
export type NearestName = (name: string, candidates: readonly string[]) => string | null;

/** What to write instead of a name that is not known. */
export function insteadOf(
  name: string,
  known: readonly string[],
  nearest: NearestName,
  written: (name: string) => string = (near) => near,
): string {
  const near = nearest(name, known);
  if (near !== null) return `did you mean \`${written(near)}\`?`;
  return known.length === 0 ? '' : `known here: ${known.join(', ')}`;
}
