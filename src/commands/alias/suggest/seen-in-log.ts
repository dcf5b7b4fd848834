import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { CommandFailure } from '../../command.ts';
import type { SeenMail } from './seen-mail.ts';

/** Our own lines are far shorter. */
const maxLineLength = 65_536;

/**
 * The transactions of our own log, JSON lines; other lines are skipped.
 * @throws CommandFailure when the file cannot be read or holds no transaction.
 */
export async function* seenInLog(path: string): AsyncGenerator<SeenMail | null> {
  let transactions = 0;
  try {
    for await (const line of createInterface({ input: createReadStream(path) })) {
      const fields = line.length > maxLineLength ? null : readLine(line);
      if (fields?.['msg'] !== 'transaction') continue;
      transactions++;
      yield seenIn(fields);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandFailure(
      `${path} cannot be read (${code ?? 'error'}): give a log of \`serve\``,
      {
        cause: error,
      },
    );
  }
  if (transactions === 0)
    throw new CommandFailure(
      `${path} holds no transaction: give the JSON lines that \`serve\` writes with log level info`,
    );
}

function readLine(line: string): Readonly<Record<string, unknown>> | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null; // a line cut off by a crash or a rotation
  }
}

function seenIn({
  from,
  time,
  recipients,
  dmarc,
}: Readonly<Record<string, unknown>>): SeenMail | null {
  const at = new Date(typeof time === 'string' ? time : Number.NaN);
  if (typeof from !== 'string' || !/^[^\s,@]+@[^\s,@]+$/.test(from) || Number.isNaN(at.getTime()))
    return null;
  return {
    address: from,
    at,
    recipients: [],
    recipientCount: typeof recipients === 'number' ? recipients : 0,
    isAutomated: null,
    isReply: null,
    actor: null,
    shapes: [],
    hasLinks: null,
    isAuthenticated: dmarc === 'pass',
  };
}
