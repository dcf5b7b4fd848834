/** A script as ioredis keeps it. */
type KnownScript = { readonly sha: string; readonly lua: string };

/**
 * Redis names a command that its user may not send, but of one inside a script only the line. Gives the sentence with the
 * commands of that line, or the text as it came.
 */
export function nameDenied(text: string, scripts: readonly KnownScript[]): string {
  if (!text.includes("can't run this command")) return text;
  const [, sha = '', line = ''] =
    /script: (?:f_)?([0-9a-f]{40}), on @user_script:(\d+)/.exec(text) ?? [];
  const lua = scripts.find((known) => known.sha === sha)?.lua.split('\n')[Number(line) - 1] ?? '';
  const names = [...lua.matchAll(/redis\.call\('(\w+)'/g)].map(([, name = '']) =>
    name.toLowerCase(),
  );
  if (names.length === 0) return text;
  return `NOPERM this user has no permissions to run the '${names.join("' or '")}' command (in a script)`;
}
