import { chainStart, readLine, type AuditLine, type TornEnd } from './audit-line.ts';
import type { FileLine } from './chain-file-lines.ts';

/**
 * `changed`: the bytes of a line; `rewritten`: a line whose hash fits it, but not its neighbours or what was published;
 * `removed`: lines that are not there; `moved`: a line out of its order; `truncated`: the chain ends before its published
 * head; `file-missing`: a whole file; `value-changed`: a personal value is not what its line commits to.
 */
export type ChainProblemKind =
  'changed' | 'rewritten' | 'removed' | 'moved' | 'truncated' | 'file-missing' | 'value-changed';

export type ChainProblem = {
  readonly kind: ChainProblemKind;
  readonly file: string;
  /** From 1; where lines are missing, the line before which they were; 0 for a whole file. */
  readonly line: number;
  /** For a person. */
  readonly says: string;
};

export type PublishedEnd = {
  readonly sequence: number;
  readonly hash: string;
  readonly at: string;
};

export type ChainReport = {
  readonly writer: string;
  readonly lines: number;
  readonly lastSequence: number;
  readonly problems: readonly ChainProblem[];
  /** Unfinished ends that crashes left, each on record in the line after it or still to be. */
  readonly torn: readonly TornEnd[];
  /** The furthest published head that the chain agrees with; null where there is none. */
  readonly proven: PublishedEnd | null;
  /** Time of the first record after that one; null where all are proven. */
  readonly unprovenSince: string | null;
};

export type ChainCheckOptions = {
  readonly writer: string;
  readonly published: readonly PublishedEnd[];
  /** Names of personal values that are not what the line commits to. */
  readonly wrongValues: (line: AuditLine) => readonly string[];
};

const mostProblems = 100;

/** Takes a chain file by file and line by line, and says at the end what is wrong with it. */
export type ChainCheck = {
  readonly file: (file: { readonly name: string; readonly number: number }) => void;
  readonly read: (read: FileLine) => void;
  readonly report: () => ChainReport;
};

export function createChainCheck({
  writer,
  published,
  wrongValues,
}: ChainCheckOptions): ChainCheck {
  const heads = Map.groupBy(published, ({ sequence }) => sequence);
  const problems: ChainProblem[] = [];
  const torn: TornEnd[] = [];
  let pending: TornEnd[] = [];
  let [name, number, at] = ['', 0, 0];
  /** Null after a line that cannot be read: nothing can be compared with its hash. */
  let end: { readonly sequence: number; readonly hash: string | null } = chainStart;
  let proven: PublishedEnd | null = null;
  let unprovenSince: string | null = null;
  let lines = 0;
  const gaps: { from: number; to: number; readonly problem: ChainProblem }[] = [];

  const complain = (kind: ChainProblemKind, says: string, line = at): ChainProblem => {
    const problem = { kind, file: name, line, says };
    if (problems.length < mostProblems) problems.push(problem);
    return problem;
  };
  const checkTorn = (line: AuditLine) => {
    if (JSON.stringify(line.torn) !== JSON.stringify(pending))
      complain('changed', 'what a crash left before this line is not what the line says it was');
    torn.push(...pending);
    pending = [];
  };
  const checkPublished = (line: AuditLine) => {
    unprovenSince ??= line.at;
    for (const head of heads.get(line.sequence) ?? []) {
      if (head.hash === line.hash) [proven, unprovenSince] = [head, null];
      else complain('rewritten', `record ${line.sequence} is not the one published at ${head.at}`);
    }
  };
  const outOfOrder = (line: AuditLine) => {
    const gap = gaps.find(({ from, to }) => from <= line.sequence && line.sequence <= to);
    const says = gap === undefined ? 'stands here again' : 'was moved here';
    complain('moved', `record ${line.sequence} ${says}`);
    if (gap?.from !== gap?.to || gap === undefined) return;
    // It is not missing after all.
    const index = problems.indexOf(gap.problem);
    if (index >= 0) problems.splice(index, 1);
    gaps.splice(gaps.indexOf(gap), 1);
  };
  const take = (line: AuditLine) => {
    const expected = end.sequence + 1;
    if (line.sequence < expected) {
      outOfOrder(line);
      return;
    }
    if (line.sequence > expected) {
      const [from, to] = [expected, line.sequence - 1];
      const which = from === to ? `record ${from}` : `records ${from} to ${to}`;
      const problem = complain('removed', `${which} should stand before this line`);
      if (gaps.length < mostProblems) gaps.push({ from, to, problem });
    } else if (end.hash !== null && line.previous !== end.hash)
      complain('rewritten', `record ${line.sequence} does not follow the one before it`);
    checkTorn(line);
    checkPublished(line);
    for (const value of wrongValues(line))
      complain('value-changed', `the value ${value} is not the one that was recorded`);
    lines++;
    end = { sequence: line.sequence, hash: line.hash };
  };
  return {
    file: (file) => {
      const first = number + 1;
      [name, at] = [file.name, 0];
      if (file.number > first) {
        const last = file.number - 1;
        complain(
          'file-missing',
          `file ${first === last ? first : `${first} to ${last}`} before it`,
        );
      }
      number = file.number;
    },
    read: (read) => {
      at = read.number;
      if (read.kind === 'rest') {
        pending.push(read.torn);
        return;
      }
      const line = readLine(read.bytes);
      if (line?.writer === writer) take(line);
      else {
        complain('changed', line === null ? 'the line was changed' : `a line of ${line.writer}`);
        end = { sequence: end.sequence + 1, hash: null };
      }
    },
    report: () => {
      const furthest = published.reduce<PublishedEnd | null>(
        (best, head) => (best === null || head.sequence > best.sequence ? head : best),
        null,
      );
      if (furthest !== null && furthest.sequence > end.sequence) {
        const says = `the chain ends at record ${end.sequence}; ${furthest.sequence} was published at ${furthest.at}`;
        complain('truncated', says, at + 1);
      }
      torn.push(...pending);
      return { writer, lines, lastSequence: end.sequence, problems, torn, proven, unprovenSince };
    },
  };
}
