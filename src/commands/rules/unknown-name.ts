import { nearestName } from '../../config/nearest-name.ts';
import { CommandFailure, exitCodes } from '../command.ts';

/** A name that was given and that nothing has; says which one was perhaps meant, or else `otherwise`. */
export function unknownName(
  { kind, name }: { readonly kind: string; readonly name: string },
  known: readonly string[],
  otherwise: string,
): CommandFailure {
  const near = nearestName(name, known);
  const hint = near === null ? otherwise : `did you mean ${near}?`;
  return new CommandFailure(`no ${kind} is called ${name}; ${hint}`, {
    exitCode: exitCodes.usage,
  });
}
