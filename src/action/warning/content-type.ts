/** A Content-Type or Content-Disposition: its value and parameters, names and value in lower case. */
export type StructuredField = {
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
};

const token = /[!#$%&'*+\-.^_`{|}~\w]+/y;
const quoted = /"((?:[^"\\\r\n]|\\[^\r\n])*)"/y;

/**
 * Reads the unfolded body of such a field, more strictly than mail programs do: null for whatever they may read in
 * different ways (RFC 2045 §5.1: comments, a parameter that stands twice, continuations of RFC 2231, text behind a value).
 */
export function parseStructuredField(body: string): StructuredField | null {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(body);
    if (match) at = pattern.lastIndex;
    return match;
  };
  const blanks = () => take(/[ \t]*/y);
  blanks();
  const value = take(/[\w!#$&^.+-]+(?:\/[\w!#$&^.+-]+)?/y);
  if (value === null) return null;
  const parameters = new Map<string, string>();
  for (blanks(); at < body.length; blanks()) {
    if (take(/;/y) === null) return null;
    blanks();
    if (at >= body.length) break; // a final semicolon harms nobody
    const name = take(token)?.[0].toLowerCase();
    if (name === undefined || take(/[ \t]*=[ \t]*/y) === null) return null;
    const text = take(quoted);
    const content = text ? text[1]?.replace(/\\(.)/g, '$1') : take(token)?.[0];
    if (content === undefined || parameters.has(name)) return null;
    parameters.set(name, content);
  }
  const isSplit = [
    'boundary*',
    'boundary*0',
    'boundary*0*',
    'charset*',
    'charset*0',
    'charset*0*',
  ].some((name) => parameters.has(name));
  return isSplit ? null : { value: value[0].toLowerCase(), parameters };
}
