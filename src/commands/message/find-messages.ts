import type { MessageFound } from '../../review/review.ts';
import { printJson, type CommandContext } from '../command.ts';
import { settingsFor } from '../command-settings.ts';
import { queueIdIn } from '../../smtp/queue-id.ts';
import { openDesk } from '../review/open-desk.ts';
import type { SettingFlags } from '../setting-options.ts';
import { renderTable } from '../text-table.ts';

export type FindFlags = SettingFlags & {
  readonly messageId?: string;
  readonly rcpt?: string;
  readonly alias?: string;
  readonly campaign?: string;
  readonly since?: Date;
  readonly until?: Date;
  readonly limit?: number;
  readonly json?: boolean;
};

const usualLimit = 50;

/** Watched mail that passed or was held within 14 days, newest first. */
export async function findMessages(
  context: CommandContext,
  id: string | null,
  flags: FindFlags,
): Promise<void> {
  const { messageId, rcpt, alias, campaign, since, until, limit, json, ...settings } = flags;
  await using desk = await openDesk(context, await settingsFor(context, settings));
  const page = await desk.review.messages(
    {
      ...(id === null ? {} : { id }),
      ...(messageId === undefined ? {} : { messageId }),
      ...(rcpt === undefined ? {} : { recipient: rcpt }),
      ...(alias === undefined ? {} : { alias }),
      ...(campaign === undefined ? {} : { campaign }),
      ...(since === undefined ? {} : { since: since.toISOString() }),
      ...(until === undefined ? {} : { until: until.toISOString() }),
    },
    { limit: limit ?? usualLimit },
  );
  if (json === true) printJson(context, page);
  else if (page.messages.length === 0) context.stdout.write('nothing is remembered of it\n');
  else context.stdout.write(messagesTable(page.messages));
}

function messagesTable(messages: readonly MessageFound[]): string {
  return renderTable(
    [
      { heading: 'id' },
      { heading: 'at (UTC)' },
      { heading: 'alias' },
      { heading: 'bits', align: 'right' },
      { heading: 'state' },
      { heading: 'campaign' },
      { heading: 'queue id' },
      { heading: 'message id' },
      { heading: 'subject' },
    ],
    messages.map((message) => [
      message.id,
      message.at.slice(0, 19),
      message.alias,
      message.scoreBits.toFixed(1),
      message.state,
      message.campaign === '' ? '-' : message.campaign,
      queueIdIn(message.reply),
      message.messageId,
      message.subject.slice(0, 60),
    ]),
  );
}
