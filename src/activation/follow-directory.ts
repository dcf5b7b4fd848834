import type { RuleFileCache } from '../config/rule-file-cache.ts';
import type { Settings } from '../config/settings.ts';
import type { Events } from '../observability/events.ts';
import type { ActivationStep } from './activation-step.ts';
import { followRules } from './follow-rules.ts';
import type { OpenRules } from './open-rules-in-force.ts';
import { watchDirectory, type DirectoryWatch } from './watch-directory.ts';

export type FollowDirectoryOptions = {
  readonly settings: Pick<Settings, 'rulesDir' | 'hostname' | 'mode'>;
  readonly rules: OpenRules;
  readonly cache: RuleFileCache;
  readonly events: Events;
  readonly now: () => Date;
  /** Changed files are taken, where the policy in force says so. */
  readonly watches: boolean;
  /** What a set has to pass. */
  readonly steps?: readonly ActivationStep[];
};

/** Keeps a running process at what the store says, and takes what its rules directory holds. */
export function followDirectory({
  settings: { rulesDir, hostname, mode },
  rules: { store, stored, inForce },
  cache,
  events,
  now,
  watches,
  steps = [],
}: FollowDirectoryOptions): DirectoryWatch {
  const follower = followRules({ store, stored, inForce, settings: { mode }, events });
  const watch = watchDirectory({
    directory: rulesDir,
    ...{ store, stored, steps, cache, events, now },
    by: hostname,
    watches: () => watches && inForce.current().policy.activation.watchFiles,
    refresh: follower.refresh,
  });
  return {
    activate: watch.activate,
    [Symbol.asyncDispose]: async () => {
      await watch[Symbol.asyncDispose]();
      await follower[Symbol.asyncDispose]();
    },
  };
}
