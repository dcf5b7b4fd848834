import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { splitMbox } from '../../archive/mbox.ts';
import { readHeader } from '../../message/header.ts';
import type { HeaderField } from '../../message/header-block.ts';

/**
 * Verdicts of SpamAssassin's shipped rules, without network tests, in the order of the messages; true is spam (5 points
 * and more). Its own folder in place of the user's, so that no learned state decides.
 * @throws Error of spawn (ENOENT) where it is not installed.
 */
export async function askSpamAssassin(messages: readonly Buffer[]): Promise<readonly boolean[]> {
  const home = await mkdtemp(join(tmpdir(), 'aliaswatch-spamassassin-'));
  try {
    const child = spawn(
      'spamassassin',
      [
        '--local',
        '--nocreate-prefs',
        '--mbox',
        '--cf=report_safe 0',
        '--cf=use_auto_whitelist 0',
        '--cf=use_bayes 0',
      ],
      {
        env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home },
        stdio: ['pipe', 'pipe', 'ignore'],
      },
    );
    const failed = new Promise<never>((_, reject) => child.once('error', reject));
    const answered = text(child.stdout);
    child.stdin.on('error', () => undefined);
    child.stdin.end(mboxOf(messages));
    const marked = await Promise.race([answered, failed]);
    const verdicts = new Map<string, boolean>();
    for (const { bytes } of splitMbox(Buffer.from(marked, 'latin1'), 'spamassassin')) {
      const { fields } = readHeader(bytes);
      verdicts.set(bodyOf(fields, numberField), /^yes\b/i.test(bodyOf(fields, 'x-spam-status')));
    }
    return messages.flatMap((_, index) => verdicts.get(String(index)) ?? []);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** It answers in order of their dates. */
const numberField = 'x-sample-number';

function bodyOf(fields: readonly HeaderField[], wanted: string): string {
  return fields.find(({ name }) => name === wanted)?.body.trim() ?? '';
}

/** Bodies are base64, so that no line of them looks like the start of a message. */
function mboxOf(messages: readonly Buffer[]): string {
  return messages
    .map((message, index) => {
      const lines = message.toString('latin1').replaceAll('\r\n', '\n');
      return `From bounce@mail.example.net Thu Jan  1 00:00:00 2026\n${numberField}: ${index}\n${lines}\n`;
    })
    .join('');
}
