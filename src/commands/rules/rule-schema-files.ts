import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { schemaFiles } from '../../config/rule-schemas.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';

export type SchemaFlags = SettingFlags & {
  readonly write?: boolean;
  readonly check?: boolean;
  readonly json?: boolean;
};

/** Writes or checks the JSON Schemas of a rules directory, by default the one in force; without either prints their names. */
export async function ruleSchemaFiles(
  context: CommandContext,
  directory: string | undefined,
  flags: SchemaFlags,
): Promise<void> {
  if (flags.write === true && flags.check === true)
    throw new CommandFailure('--write and --check exclude each other', {
      exitCode: exitCodes.usage,
    });
  const folder = join(directory ?? (await settingsFor(context, flags)).rulesDir, 'schema');
  const stale = await staleFiles(folder);
  if (flags.write === true) await writeAll(folder, stale);
  else if (flags.check === true && stale.length > 0) context.exit(exitCodes.failed);
  const written = flags.write === true ? stale : [];
  if (flags.json) {
    printJson(context, { folder, files: [...schemaFiles().keys()], stale, written });
    return;
  }
  if (flags.check === true && stale.length > 0)
    context.stderr.write(
      `error: ${stale.join(', ')} in ${folder} ${stale.length === 1 ? 'is' : 'are'} not what this version generates: run \`aliaswatch rules schema --write\`\n`,
    );
  else context.stdout.write(textOf(folder, { stale, written }));
}

function textOf(
  folder: string,
  { stale, written }: { readonly stale: readonly string[]; readonly written: readonly string[] },
): string {
  if (written.length > 0) return written.map((name) => `wrote ${join(folder, name)}\n`).join('');
  if (stale.length === 0) return `${folder}: up to date\n`;
  return `${folder}: out of date or missing: ${stale.join(', ')}\n`;
}

/** Names of the schemas that are missing or differ from what the code generates. */
async function staleFiles(folder: string): Promise<readonly string[]> {
  const found = await Promise.all(
    [...schemaFiles()].map(async ([name, text]) => {
      const current = await readFile(join(folder, name), 'utf8').catch(() => null);
      return current === text ? [] : [name];
    }),
  );
  return found.flat();
}

async function writeAll(folder: string, names: readonly string[]): Promise<void> {
  const files = schemaFiles();
  try {
    await mkdir(folder, { recursive: true });
    for (const name of names) await writeFile(join(folder, name), files.get(name) ?? '');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new CommandFailure(`${folder} cannot be written (${code}): check who owns it`, {
      cause: error,
    });
  }
}
