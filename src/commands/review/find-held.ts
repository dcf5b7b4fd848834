import type { HeldMail } from '../../quarantine/open-held-mail.ts';
import { QuarantineError } from '../../quarantine/quarantine-error.ts';
import type { HeldMessage } from '../../quarantine/quarantine.ts';
import { CommandFailure } from '../command.ts';

/** @throws CommandFailure where there is no such message, or it can never have been one's id. */
export async function findHeld(
  quarantine: Pick<HeldMail, 'find'>,
  id: string,
): Promise<HeldMessage> {
  const held = await quarantine.find(id).catch((error: unknown) => {
    if (error instanceof QuarantineError && error.problem === 'invalid-id') return null;
    throw error;
  });
  if (held === null)
    throw new CommandFailure(
      `no message ${id} is held: \`aliaswatch quarantine list\` shows the ids`,
    );
  return held;
}
