import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { conditionsSchema } from '../../config/conditions-schema.ts';
import { packagedRules } from '../../config/settings.ts';
import { printJson, type CommandContext } from '../command.ts';
import { conditionsReference } from './conditions-reference.ts';

export type ReferenceFlags = { readonly write?: string; readonly json?: boolean };

/** Prints what conditions may read and call, with the worked examples of the shipped rules. */
export async function printReference(
  context: CommandContext,
  flags: ReferenceFlags,
): Promise<void> {
  const shipped = await readFile(join(packagedRules, 'conditions.yaml'), 'utf8');
  const text = conditionsReference(conditionsSchema.parse(parse(shipped)).conditions);
  if (flags.write !== undefined) await writeFile(flags.write, text);
  if (flags.json) printJson(context, { reference: text, written: flags.write ?? null });
  else if (flags.write === undefined) context.stdout.write(text);
  else context.stdout.write(`wrote ${flags.write}\n`);
}
