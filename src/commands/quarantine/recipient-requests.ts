import { createRequests, type RecipientRequest } from '../../notices/links/recipient-requests.ts';
import { hasNotices, noticesPath, openNoticesFile } from '../../notices/notices-file.ts';
import { CommandFailure, printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import type { SettingFlags } from '../setting-options.ts';
import { renderTable } from '../text-table.ts';

export type RequestFlags = SettingFlags & {
  readonly all?: boolean;
  readonly granted?: string;
  readonly declined?: string;
  readonly reason?: string;
  readonly json?: boolean;
};

const maxShown = 500;

/** Lists what recipients asked for by links, or settles one of it. */
export async function recipientRequests(
  context: CommandContext,
  flags: RequestFlags,
): Promise<void> {
  const { stateDir } = await settingsFor(context, flags);
  if (!hasNotices(stateDir)) {
    if (flags.json) printJson(context, { requests: [] });
    else context.stdout.write('nobody has asked for anything\n');
    return;
  }
  const database = openNoticesFile(noticesPath(stateDir));
  try {
    const requests = createRequests(database);
    for (const state of ['granted', 'declined'] as const) {
      const id = flags[state];
      if (id === undefined) continue;
      const how = { state, by: 'command', detail: flags.reason ?? '', at: new Date() };
      if (!requests.close(id, how))
        throw new CommandFailure(
          `no request ${id} is open: \`aliaswatch quarantine requests\` shows the ids`,
        );
    }
    const found = requests.list(flags.all === true ? 'all' : 'open', { limit: maxShown });
    if (flags.json) printJson(context, { requests: found });
    else if (found.length === 0) context.stdout.write('no request is open\n');
    else context.stdout.write(table(found));
  } finally {
    database.close();
  }
}

function table(found: readonly RecipientRequest[]): string {
  return renderTable(
    [
      { heading: 'id' },
      { heading: 'asked at (UTC)' },
      { heading: 'wants' },
      { heading: 'message' },
      { heading: 'recipient' },
      { heading: 'state' },
    ],
    found.map(({ id, at, kind, message, recipient, state }) => [
      id,
      at.toISOString().slice(0, 19),
      kind === 'release' ? 'release' : 'reports an attack',
      message,
      recipient,
      state,
    ]),
  );
}
