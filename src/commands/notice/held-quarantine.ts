import { join } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { openQuarantine } from '../../quarantine/directory-quarantine.ts';
import { QuarantineError } from '../../quarantine/quarantine-error.ts';
import type { Quarantine } from '../../quarantine/quarantine.ts';
import { CommandFailure } from '../command.ts';

/** @throws CommandFailure when this state directory has no quarantine. */
export async function heldQuarantine({
  stateDir,
}: Pick<Settings, 'stateDir'>): Promise<Pick<Quarantine, 'find'>> {
  const directory = join(stateDir, 'quarantine');
  try {
    return await openQuarantine(directory, { create: false });
  } catch (error) {
    if (!(error instanceof QuarantineError) || error.problem !== 'missing') throw error;
    throw new CommandFailure(
      `there is no quarantine at ${directory}: name the state directory of the gateway with --state-dir`,
      { cause: error },
    );
  }
}
