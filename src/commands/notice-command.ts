import type { Command } from 'commander';
import type { CommandContext } from './command.ts';
import { heldSettings } from './review/desk-settings.ts';
import type { PreviewFlags } from './notice/preview.ts';
import type { RotateFlags } from './notice/rotate-key.ts';
import { addSettingOptions, type SettingFlags } from './setting-options.ts';
import type { SettingKey } from '../config/settings-schema.ts';

type JsonFlags = SettingFlags & { readonly json?: boolean };

const wording: readonly SettingKey[] = [
  ...heldSettings,
  'rulesDir',
  'hostname',
  'contactUrl',
  'noticeFrom',
  'noticeLanguage',
  'noticeTo',
  'publicUrl',
  'recipientRelease',
  'noticeLinkDays',
];

export function addNoticeCommand(program: Command, context: CommandContext): void {
  const notice = program
    .command('notice')
    .summary('shows what people are told of held mail, and whether it reaches them')
    .description('Shows what people are told of held mail, and whether it reaches them.')
    .addHelpText('after', '\nExample:\n  aliaswatch notice status --state-dir /var/lib/aliaswatch');
  addPreview(notice, context);
  addSendDigest(notice, context);
  const status = notice
    .command('status')
    .description(
      'Shows what waits to be told, what could not be delivered, and who is told. Exit code: 0 nothing is late, 1 something is.',
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch notice status --json')
    .action(async (flags: JsonFlags) => {
      const { noticeStatus } = await import('./notice/status.ts');
      await noticeStatus(context, flags);
    });
  addSettingOptions(status, ['stateDir', 'noticeMode', 'noticeTo', 'noticeRecipients']);
  const rotate = notice
    .command('rotate-key')
    .description(
      'Signs the links of notices with a new key from now on. Those of older keys work until they expire.',
    )
    .option('--revoke', 'end all links that were sent so far')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch notice rotate-key --revoke')
    .action(async (flags: RotateFlags) => {
      const { rotateKey } = await import('./notice/rotate-key.ts');
      await rotateKey(context, flags);
    });
  addSettingOptions(rotate, ['stateDir']);
}

function addPreview(notice: Command, context: CommandContext): void {
  const preview = notice
    .command('preview')
    .argument('<id>', 'id of a held message')
    .description('Shows the notice that somebody would get about a held message. Sends nothing.')
    .option('--to <address>', 'whom it is for (default: the first recipient of the message)')
    .option('--raw', 'the whole message with its HTML part, as it would be sent')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  aliaswatch notice preview 0mh2q7k1c4x9p0zv5t3b --to ann@example.com',
    )
    .action(async (id: string, flags: PreviewFlags) => {
      const { previewNotice } = await import('./notice/preview.ts');
      await previewNotice(context, id, flags);
    });
  addSettingOptions(preview, wording);
}

function addSendDigest(notice: Command, context: CommandContext): void {
  const sending = notice
    .command('send-digest')
    .description(
      'Sends now what waits for the next digest, or for copies of the same attack. Exit code: 0 all was taken, 1 some was not.',
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  aliaswatch notice send-digest --next-hop 127.0.0.1:10025')
    .action(async (flags: JsonFlags) => {
      const { sendDigest } = await import('./notice/send-digest.ts');
      await sendDigest(context, flags);
    });
  addSettingOptions(sending, [
    ...wording,
    'noticeMode',
    'noticeRecipients',
    'nextHop',
    'nextHopProtocol',
    'nextHopTls',
    'nextHopTlsCaFile',
    'nextHopTlsName',
    'clientIdentity',
  ]);
}
