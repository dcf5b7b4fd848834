import { readBounded } from './bounded-file.ts';
import type { RuleProblem } from './rule-problem.ts';
import { wholeFile } from './yaml-file.ts';

export const maxPopularDomainsBytes = 10_000_000;
const maxLines = 200_000;
const maxProblems = 20;

export type PopularDomainsReading =
  | { readonly ok: true; readonly bytes: Buffer; readonly domains: ReadonlySet<string> }
  | { readonly ok: false; readonly problems: readonly RuleProblem[] };

const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const entry = new RegExp(`^(?:\\d{1,9},)?((?:${label}\\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)$`);

/**
 * Reads a file of popular domains: one a line, most popular first; `rank,domain` (the form of Tranco and its like) is
 * read too, `#` starts a comment. Whatever is wrong is a problem with its line, never a throw.
 */
export async function readPopularDomains(path: string): Promise<PopularDomainsReading> {
  return popularDomainsIn(path, await readBounded(path, maxPopularDomainsBytes));
}

/** The same of a file that was read, or of what was wrong with reading it. */
export function popularDomainsIn(path: string, bytes: Buffer | string): PopularDomainsReading {
  if (typeof bytes === 'string') {
    const hint = bytes.startsWith('larger')
      ? `keep the first ${maxLines} lines`
      : 'lists.yaml names this file as `popularDomainsFile`';
    return { ok: false, problems: [wholeFile(path, bytes, hint)] };
  }
  const domains = new Set<string>();
  const problems: RuleProblem[] = [];
  let line = 0;
  for (let start = 0; start < bytes.length && problems.length < maxProblems;) {
    const next = bytes.indexOf(10, start);
    const end = next === -1 ? bytes.length : next;
    line += 1;
    if (line > maxLines) {
      problems.push(tooLong(path));
      break;
    }
    // A string of its own: a slice of the text of the whole file would keep that in memory.
    const text = bytes.toString('utf8', start, Math.min(end, start + 300)).trim();
    const domain = domainIn(text);
    if (domain === null) problems.push(notADomain(path, line, text));
    else if (domain !== '') domains.add(domain);
    start = end + 1;
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, bytes, domains };
}

/** The domain of a line, empty for a comment, null for anything else. */
function domainIn(line: string): string | null {
  if (line === '' || line.startsWith('#')) return '';
  if (line.length > 265) return null;
  return entry.exec(line.toLowerCase())?.[1] ?? null;
}

function notADomain(file: string, line: number, text: string): RuleProblem {
  const message = `\`${text.slice(0, 60)}\` is not a domain name`;
  const hint = 'write one domain a line (international ones as `xn--…`), or `rank,domain`';
  return { file, line, column: 1, path: '', message, hint, excerpt: text };
}

function tooLong(file: string): RuleProblem {
  const hint = `keep the first ${maxLines}: rarer domains are not popular`;
  const message = `more than ${maxLines} lines`;
  return { file, line: maxLines + 1, column: 1, path: '', message, hint, excerpt: '' };
}
