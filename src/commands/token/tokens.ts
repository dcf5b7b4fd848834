import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { accessRecord, revokeToken as revoke } from '../../console/access/access.ts';
import { openAccessFile } from '../../console/access/access-file.ts';
import { createTokens, scopes, type Scope, type Token } from '../../console/access/tokens.ts';
import { openAuditLog } from '../audit/open-audit-log.ts';
import { CommandFailure, exitCodes, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import { operatorOf } from '../operator-name.ts';
import type { SettingFlags } from '../setting-options.ts';
import { renderTable } from '../text-table.ts';

export type TokenFlags = SettingFlags & { readonly json?: boolean };
export type CreateFlags = TokenFlags & {
  readonly scope?: readonly string[];
  readonly days: number;
};

const dayMs = 86_400_000;
const mostDays = 3650;
const now = () => new Date();

/** Prints the token, which nobody can print again. */
export async function createToken(
  context: CommandContext,
  name: string,
  flags: CreateFlags,
): Promise<void> {
  const given = scopesOf(flags.scope ?? ['read']);
  if (!/^[^\p{C}]{1,64}$/u.test(name))
    throw new CommandFailure('a token has a name of 1 to 64 characters', {
      exitCode: exitCodes.usage,
    });
  if (flags.days > mostDays)
    throw new CommandFailure(`a token works for at most ${mostDays} days`, {
      exitCode: exitCodes.usage,
    });
  const settings = await settingsFor(context, flags);
  await using audit = await openAuditLog(context, settings);
  using file = openAccessFile(settings.stateDir);
  const expiresAt = new Date(now().getTime() + flags.days * dayMs);
  const { token, secret } = createTokens(file, now).make({ name, scopes: given, expiresAt });
  await audit.append(
    accessRecord('token-changed', actorOf(context), `token ${token.id}`, {
      change: 'made',
      name,
      scopes: given.join(' '),
      expires: expiresAt.toISOString(),
    }),
  );
  if (flags.json) printJson(context, { ...shownToken(token), token: secret });
  else {
    context.stderr.write(
      `token ${token.id}, until ${expiresAt.toISOString().slice(0, 10)}; it is not shown again:\n`,
    );
    context.stdout.write(`${secret}\n`);
  }
}

export async function listTokens(context: CommandContext, flags: TokenFlags): Promise<void> {
  const { stateDir } = await settingsFor(context, flags);
  using file = openAccessFile(stateDir);
  const isThere = existsSync(join(stateDir, 'access.db'));
  const tokens = (isThere ? createTokens(file, now).list() : []).map(shownToken);
  if (flags.json) printJson(context, { tokens });
  else if (tokens.length === 0) context.stdout.write('there is no token\n');
  else
    context.stdout.write(
      renderTable(
        ['id', 'name', 'scopes', 'expires', 'last used'].map((heading) => ({ heading })),
        tokens.map((one) => [
          one.id,
          one.name,
          one.scopes.join(','),
          one.expiresAt.slice(0, 10),
          one.usedAt?.slice(0, 16) ?? 'never',
        ]),
      ),
    );
}

export async function revokeToken(
  context: CommandContext,
  id: string,
  flags: TokenFlags,
): Promise<void> {
  const settings = await settingsFor(context, flags);
  await using audit = await openAuditLog(context, settings);
  using file = openAccessFile(settings.stateDir);
  const tokens = createTokens(file, now);
  if (!(await revoke({ tokens }, audit, actorOf(context), id)))
    throw new CommandFailure(`there is no token ${id}: \`token list\` shows them`);
  if (flags.json) printJson(context, { revoked: id });
  else context.stdout.write(`token ${id} is revoked\n`);
}

function scopesOf(given: readonly string[]): readonly Scope[] {
  const unknown = given.find((name) => !scopes.some((scope) => scope === name));
  if (unknown !== undefined)
    throw new CommandFailure(`\`${unknown}\` is no scope; choose ${scopes.join(', ')}`, {
      exitCode: exitCodes.usage,
    });
  return scopes.filter((scope) => given.includes(scope));
}

function shownToken({ id, name, scopes: its, madeAt, expiresAt, usedAt }: Token) {
  return {
    id,
    name,
    scopes: its,
    madeAt: madeAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    usedAt: usedAt?.toISOString() ?? null,
  };
}

function actorOf(context: CommandContext) {
  return { kind: 'operator', name: operatorOf(context), via: 'command' } as const;
}
