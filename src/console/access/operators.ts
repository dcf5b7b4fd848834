import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { stringify } from 'yaml';
import * as z from 'zod';
import { formatProblem } from '../../config/rule-problem.ts';
import { readYamlFile } from '../../config/yaml-file.ts';
import { yamlValue } from '../../config/yaml-value.ts';
import { realDisk, writeDurably } from '../../quarantine/disk.ts';
import { roles } from '../role.ts';
import { isPasswordHash } from './password.ts';

export const operatorName = z.string().regex(/^[a-z0-9][a-z0-9._@-]{0,63}$/i, {
  error: 'is no name: letters, digits, `.`, `_`, `@` and `-`, at most 64',
});

const operator = z.strictObject({
  name: operatorName,
  role: z.enum(roles),
  password: z.string().refine(isPasswordHash, { error: 'is no hash of ours' }),
});

const operatorsFile = z.strictObject({ operators: z.array(operator).max(1000) });

/** Somebody who may log in; `password` is a hash. */
export type Operator = Readonly<z.output<typeof operator>>;

/** `absent`: there never was a file, so whoever is on this machine needs no login. */
export type OperatorsState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'ready'; readonly operators: readonly Operator[] }
  | { readonly kind: 'unusable'; readonly message: string };

/** Where operators are kept when no setting names a file. */
export function operatorsPath({
  operatorsFile,
  stateDir,
}: {
  readonly operatorsFile: string | null;
  readonly stateDir: string;
}): string {
  return operatorsFile ?? join(stateDir, 'operators.yaml');
}

/** The operators as the file has them now. */
export type Operators = { readonly state: () => Promise<OperatorsState> };

/**
 * Reads the file again whenever it changed, so that who was removed is out at once. A file that goes away while we run
 * locks everybody out rather than let everybody in; so does a missing one that somebody named (`mustExist`).
 */
export function watchOperators(
  path: string,
  { mustExist }: { readonly mustExist: boolean },
): Operators {
  let wasThere = mustExist;
  let read: { readonly stamp: string; readonly state: OperatorsState } | null = null;
  return {
    state: async () => {
      const stamp = await stampOf(path);
      if (stamp === null) {
        read = null;
        return wasThere ? { kind: 'ready', operators: [] } : { kind: 'absent' };
      }
      wasThere = true;
      if (read?.stamp !== stamp) read = { stamp, state: await readOperators(path) };
      return read.state;
    },
  };
}

/** Never throws. */
export async function readOperators(path: string): Promise<OperatorsState> {
  const reading = await readYamlFile(path);
  if (!reading.ok) return unusable(reading.problems.map(formatProblem));
  const outcome = yamlValue(reading.file, operatorsFile);
  if (!outcome.ok) return unusable(outcome.problems.map(formatProblem));
  const { operators } = outcome.value;
  const names = operators.map(({ name }) => name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return unusable([`${path}: ${twice} stands there twice`]);
  return { kind: 'ready', operators };
}

/** Replaces the file durably; only we may read it. @throws when it cannot be written. */
export async function writeOperators(path: string, operators: readonly Operator[]): Promise<void> {
  await writeDurably(realDisk, {
    directory: dirname(path),
    name: basename(path),
    bytes: [Buffer.from(stringify({ operators }))],
  });
}

/** Case does not matter in a login name. */
export function findOperator(operators: readonly Operator[], name: string): Operator | null {
  const wanted = name.toLowerCase();
  return operators.find((candidate) => candidate.name.toLowerCase() === wanted) ?? null;
}

/** Changes with the password, so that sessions from before the change can be told. */
export function credentialOf({ password }: Operator): string {
  return createHash('sha256').update(password).digest('base64url').slice(0, 22);
}

function unusable(messages: readonly string[]): OperatorsState {
  return { kind: 'unusable', message: messages.join('\n') };
}

async function stampOf(path: string): Promise<string | null> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${ino} ${size} ${mtimeMs}`;
  } catch (error) {
    const isAbsent = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
    return isAbsent ? null : 'unreadable';
  }
}
