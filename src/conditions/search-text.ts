/** So short a start is looked for by the engine's own search: at most so many steps for each character of the text. */
const head = 8;

/** Whether the text has this in it, letter by letter. */
export function isIn(text: string, sought: string): boolean {
  if (sought.length <= head) return text.includes(sought);
  return placesIn(text, sought).next().done !== true;
}

/**
 * Where in the text this stands, overlapping places as well; nowhere where it is empty. What is sought may come from a
 * message: the engine's own search takes text times sought in the worst case, this takes text plus sought. Source: Knuth,
 * Morris and Pratt 1977.
 */
export function* placesIn(text: string, sought: string): Generator<number, undefined> {
  if (sought === '') return;
  const start = sought.slice(0, head);
  const borders = bordersOf(sought);
  // What stands before `at` is, for `matched` characters, the beginning of what is sought.
  let matched = 0;
  let at = 0;
  while (at <= text.length) {
    if (matched === sought.length) {
      yield at - matched;
      matched = borders[matched - 1] ?? 0;
    } else if (matched === 0) {
      const found = text.indexOf(start, at);
      if (found === -1) return;
      at = found + start.length;
      matched = start.length;
    } else if (at < text.length && text.charCodeAt(at) === sought.charCodeAt(matched)) {
      at++;
      matched++;
    } else if (at === text.length) return;
    else matched = borders[matched - 1] ?? 0;
  }
}

/** For each length of a beginning of the text, the longest shorter beginning that it ends with. */
function bordersOf(text: string): Int32Array {
  const borders = new Int32Array(text.length);
  let length = 0;
  for (let end = 1; end < text.length; end++) {
    while (length > 0 && text.charCodeAt(end) !== text.charCodeAt(length))
      length = borders[length - 1] ?? 0;
    if (text.charCodeAt(end) === text.charCodeAt(length)) length++;
    borders[end] = length;
  }
  return borders;
}
