import { chooseTexts } from '../../notices/choose-texts.ts';
import { composeNotice } from '../../notices/compose-notice.ts';
import { gatherNotice } from '../../notices/gather-notice.ts';
import { loadLinkKeys } from '../../notices/links/link-keys.ts';
import { noticeText } from '../../notices/notice-bodies.ts';
import { noticeWords } from '../../notices/notice-words.ts';
import type { Addressee, Notice } from '../../notices/notice.ts';
import type { Settings } from '../../config/settings.ts';
import { newTransactionId } from '../../smtp/transaction-id.ts';
import { CommandFailure, printJson, type CommandContext } from '../command.ts';
import { rulesFor } from '../command-rules.ts';
import { settingsFor } from '../command-settings.ts';
import { findHeld } from '../review/find-held.ts';
import { existingQuarantine } from '../review/open-desk.ts';
import type { SettingFlags } from '../setting-options.ts';

export type PreviewFlags = SettingFlags & {
  readonly to?: string;
  readonly raw?: boolean;
  readonly json?: boolean;
};

/** Shows what a notice about a held message says. Its links are real: whoever sees the preview can use them. */
export async function previewNotice(
  context: CommandContext,
  id: string,
  flags: PreviewFlags,
): Promise<void> {
  const settings = await settingsFor(context, flags);
  const textsFor = chooseTexts((await rulesFor(settings)).notices, settings.noticeLanguage);
  const { notice, to } = await noticeAbout(context, { id, asked: flags.to ?? null, settings });
  const { texts, language } = textsFor(to);
  const words = noticeWords(notice, texts, language);
  if (flags.json) {
    const message = (await composeNotice(notice, texts, language)).toString();
    printJson(context, {
      to,
      language,
      subject: words.subject,
      text: noticeText(words),
      ...(flags.raw ? { message } : {}),
    });
  } else if (flags.raw) context.stdout.write(await composeNotice(notice, texts, language));
  else context.stdout.write(`To: ${to}\nSubject: ${words.subject}\n\n${noticeText(words)}`);
}

async function noticeAbout(
  context: CommandContext,
  {
    id,
    asked,
    settings,
  }: { readonly id: string; readonly asked: string | null; readonly settings: Settings },
): Promise<{ readonly notice: Notice; readonly to: string }> {
  await using quarantine = await existingQuarantine(context, settings);
  const held = await findHeld(quarantine, id);
  const to = addresseeOf(asked ?? held.envelope.rcptTo[0] ?? '', settings);
  const now = new Date();
  const notice = await gatherNotice(
    {
      id: newTransactionId(now),
      kind: 'held',
      to,
      createdAt: now,
      attempts: 0,
      messages: [{ message: id, campaign: held.campaign, mail: null }],
    },
    {
      quarantine,
      requests: { about: () => [] },
      settings,
      keys: await loadLinkKeys(settings.stateDir),
      expiryAction: settings.quarantineExpiry,
      now,
    },
  );
  if (notice === null)
    throw new CommandFailure(
      `there is nothing to tell ${to.address} of ${id}: it was released or deleted, or is a notice itself`,
    );
  return { notice, to: to.address };
}

function addresseeOf(address: string, { noticeTo }: Pick<Settings, 'noticeTo'>): Addressee {
  const isAdmin = noticeTo.some((admin) => admin.toLowerCase() === address.toLowerCase());
  return { address, audience: isAdmin ? 'admin' : 'recipient' };
}
