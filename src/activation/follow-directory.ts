import type { Settings } from '../config/settings.ts';
import type { Events } from '../observability/events.ts';
import { followRules } from './follow-rules.ts';
import type { OpenRules } from './open-rules-in-force.ts';
import { stepsInThread } from './steps-in-thread.ts';
import { watchDirectory, type DirectoryWatch } from './watch-directory.ts';

export type FollowDirectoryOptions = {
  readonly settings: Pick<Settings, 'rulesDir' | 'stateDir' | 'hostname' | 'mode'>;
  readonly rules: OpenRules;
  readonly events: Events;
  readonly now: () => Date;
  /** Changed files are taken, where the policy in force says so. */
  readonly watches: boolean;
  /** What is to be read beside the rules in force (`followRules`). */
  readonly catchUp: () => Promise<void>;
};

/** Keeps a running process at what the store says, and takes what its rules directory holds. */
export function followDirectory({
  settings: { rulesDir, stateDir, hostname, mode },
  rules: { store, stored, inForce },
  events,
  now,
  watches,
  catchUp,
}: FollowDirectoryOptions): DirectoryWatch {
  const stopping = new AbortController();
  const follower = followRules({
    store,
    stored,
    inForce,
    settings: { mode, hostname },
    events,
    now,
    catchUp,
  });
  const watch = watchDirectory({
    directory: rulesDir,
    ...{ store, stored, events, now },
    prepare: ({ version }, active) =>
      stepsInThread(
        { directory: rulesDir, stateDir, version, active: active?.files ?? null },
        { signal: stopping.signal },
      ),
    by: hostname,
    judgedBy: inForce.current,
    watches: () => watches && inForce.current().policy.activation.watchFiles,
    refresh: follower.refresh,
  });
  return {
    activate: watch.activate,
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await watch[Symbol.asyncDispose]();
      await follower[Symbol.asyncDispose]();
    },
  };
}
