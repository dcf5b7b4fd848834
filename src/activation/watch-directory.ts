import { join } from 'node:path';
import { loadRules, type RuleLoading } from '../config/load-rules.ts';
import { formatProblem } from '../config/rule-problem.ts';
import { pause } from '../pause.ts';
import {
  activateDirectory,
  type ActivateDirectoryOptions,
  type DirectoryOutcome,
} from './activate-directory.ts';
import type { Refusal } from './activation-step.ts';
import type { ActivationWay } from './rule-set-store.ts';
import { contentFingerprint, rulesFingerprint } from './rules-fingerprint.ts';

export type DirectoryWay = Extract<ActivationWay, 'start' | 'file' | 'sighup'>;

/** What led to a set: the directory, or the store that names it. */
export type RefusedVia = DirectoryWay | 'store';

/** Why nothing was done about a set. */
export type LeftAlone =
  | 'unchanged'
  | 'older'
  | 'ignored'
  /** It was refused, and neither it, nor its cases, nor what is in force has changed since. */
  | 'refused';

export type WatchDirectoryOptions = ActivateDirectoryOptions & {
  readonly directory: string;
  /** Asked each time: the rules in force say whether files are watched. */
  readonly watches: () => boolean;
  /** After an activation: this process follows at once. */
  readonly refresh: () => Promise<void>;
  readonly events: {
    /** A set was not put in force; what was in force stays. Version null: it could not even be read. */
    readonly rulesRefused: (
      refused: { readonly version: string | null; readonly via: DirectoryWay },
      refusals: readonly Refusal[],
    ) => void;
    /** Nothing was to be done about a valid set. */
    readonly rulesLeftAlone: (
      version: string,
      of: { readonly via: DirectoryWay; readonly why: LeftAlone },
    ) => void;
    /** The store did not answer, or somebody else changed the rules meanwhile; it is tried again. */
    readonly rulesNotActivated: (error: unknown, via: DirectoryWay) => void;
  };
  readonly everyMs?: number;
};

/** Disposing ends it. */
export type DirectoryWatch = AsyncDisposable & {
  /** Reads the directory now, watched or not; resolves when that has led to something. */
  readonly activate: (via: DirectoryWay) => Promise<void>;
};

/** Changed files are quiet for as long before they are read. */
const usuallyEveryMs = 1000;
const retryEveryMs = 10_000;

/**
 * Looks at the times of the files rather than wait for the system to tell: that sees changes on network file systems, in
 * mounted volumes that are swapped as a whole, and a directory that vanishes and comes back.
 */
export function watchDirectory(options: WatchDirectoryOptions): DirectoryWatch {
  const { directory, watches, events, everyMs = usuallyEveryMs } = options;
  const stopping = new AbortController();
  const memory: Memory = { refused: null };
  let acting: Promise<unknown> = Promise.resolve();
  const activate = (via: DirectoryWay): Promise<Attempt> => {
    const act = acting
      .then(() => activateOnce(via, options, memory))
      .catch((error: unknown): Attempt => {
        events.rulesNotActivated(error, via);
        return 'failed';
      });
    acting = act;
    return act;
  };
  const watching = (async () => {
    let handled = await rulesFingerprint(directory);
    let before = handled;
    let waitMs = everyMs;
    while (await pause(waitMs, stopping.signal)) {
      waitMs = everyMs;
      if (!watches()) continue;
      const now = await rulesFingerprint(directory);
      const isQuiet = now === before;
      before = now;
      if (now === handled || !isQuiet) continue;
      const attempt = await activate('file');
      if (attempt === 'failed') waitMs = Math.max(everyMs, retryEveryMs);
      // What changed meanwhile is news.
      else if (attempt === 'settled' && (await rulesFingerprint(directory)) === now) handled = now;
    }
  })();
  return {
    activate: async (via) => {
      for (let waitMs = 0; await pause(waitMs, stopping.signal);) {
        const attempt = await activate(via);
        if (attempt === 'settled') return;
        waitMs = attempt === 'failed' ? retryEveryMs : everyMs;
      }
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await watching;
      await acting;
    },
  };
}

/** `changing`: the files changed while they were read. */
type Attempt = 'settled' | 'changing' | 'failed';

/** What tells the set that was refused last: its steps take a while, and would refuse it again. */
type Memory = { refused: string | null };

async function activateOnce(
  via: DirectoryWay,
  options: WatchDirectoryOptions,
  memory: Memory,
): Promise<Attempt> {
  const { directory, refresh, events, judgedBy } = options;
  const before = await rulesFingerprint(directory);
  const loading = await loadRules(directory);
  if ((await rulesFingerprint(directory)) !== before) return 'changing';
  if (!loading.ok) {
    events.rulesRefused({ version: null, via }, [refusalOf(loading)]);
    return 'settled';
  }
  const { version } = loading.rules;
  const cases = await contentFingerprint(join(directory, 'tests'));
  const found = [version, judgedBy().version, cases].join(' ');
  // SIGHUP is somebody's word: kept mail may have changed.
  if (via === 'file' && found === memory.refused) {
    events.rulesLeftAlone(version, { via, why: 'refused' });
    return 'settled';
  }
  memory.refused = null;
  const outcome: DirectoryOutcome = await activateDirectory(loading.rules, via, options);
  switch (outcome.kind) {
    case 'refused':
      memory.refused = found;
      events.rulesRefused({ version, via }, outcome.refusals);
      break;
    case 'unchanged':
    case 'older':
    case 'ignored':
      events.rulesLeftAlone(version, { via, why: outcome.kind });
      break;
    case 'activated':
      await refresh();
  }
  return 'settled';
}

function refusalOf({ problems }: Extract<RuleLoading, { ok: false }>): Refusal {
  return { step: 'check', problems: problems.map(formatProblem) };
}
