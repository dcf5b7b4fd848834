import { userInfo } from 'node:os';
import type { CommandContext } from './command.ts';

/** Who runs this command, for the record: the login name, also behind sudo. */
export function operatorOf({ environment }: Pick<CommandContext, 'environment'>): string {
  const behindSudo = environment['SUDO_USER'];
  if (behindSudo !== undefined && behindSudo !== '') return behindSudo;
  try {
    return userInfo().username;
  } catch {
    return 'unknown'; // a user id without a name, as containers have them
  }
}
