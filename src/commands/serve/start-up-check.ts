import { flagName, type SettingProblem } from '../../config/load-settings.ts';
import type { SettingKey } from '../../config/settings-schema.ts';
import type { Settings } from '../../config/settings.ts';

/** Looks at what some settings name; `find` never throws and changes nothing. */
export type StartUpCheck = {
  readonly reads: readonly SettingKey[];
  readonly find: (settings: Settings) => Promise<readonly SettingProblem[]>;
};

export function problem(key: SettingKey, message: string, hint: string): SettingProblem {
  return { place: flagName(key), message, hint };
}

/** A check that something loads as the server will load it: what is thrown is the problem. */
export function mustLoad(
  key: SettingKey,
  { reads = [], hint }: { readonly reads?: readonly SettingKey[]; readonly hint: string },
  load: (settings: Settings) => unknown,
): StartUpCheck {
  return {
    reads: [key, ...reads],
    find: async (settings) => {
      try {
        await load(settings);
        return [];
      } catch (error) {
        return [problem(key, error instanceof Error ? error.message : String(error), hint)];
      }
    },
  };
}
