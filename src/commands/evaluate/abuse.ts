import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Alias } from '../../alias/alias.ts';
import { readMessageFile } from '../../archive/read-archive.ts';
import { readHeader } from '../../message/header.ts';
import { parseMessage } from '../../message/message.ts';
import { isFlagged } from './facts.ts';
import type { Scorer } from './scorer.ts';

const labelSchema = z.looseObject({
  file: z.string(),
  class: z.string(),
  alias: z.string().default(''),
  from: z.string().default(''),
  campaign: z.string().default(''),
  date: z.string().default(''),
});

export type AbuseResult = {
  readonly file: string;
  readonly class: string;
  readonly alias: string;
  readonly campaign: string;
  readonly tagged: boolean;
  readonly bits: number;
  readonly reason: string;
  readonly hasPack: boolean;
};

/** Class of genuine mail that somebody reported as phishing: it must pass. */
export const mislabelledClass = 'mislabelled_legit';

/**
 * Scores labelled abuse, each message against an alias without history: what a site would see on the first day, with
 * the pack where there is one. `labels.jsonl` names files relative to itself.
 */
export async function scoreAbuse(
  labelsPath: string,
  { aliasOf, score }: { readonly aliasOf: (address: string) => Alias; readonly score: Scorer },
): Promise<readonly AbuseResult[]> {
  const lines = (await readFile(labelsPath, 'utf8'))
    .split('\n')
    .filter((line) => line.trim() !== '');
  const results: AbuseResult[] = [];
  for (const line of lines) {
    const label = labelSchema.parse(JSON.parse(line));
    const path = join(dirname(labelsPath), label.file);
    const { bytes } = readMessageFile(await readFile(path), path);
    const message = await parseMessage(bytes, readHeader(bytes));
    const alias = aliasOf(
      label.from === '' ? (message.from[0]?.address ?? label.alias) : label.from,
    );
    const sentAt = new Date(label.date);
    const receivedAt = Number.isNaN(sentAt.getTime()) ? new Date(message.sentAtMs ?? 0) : sentAt;
    const {
      score: { bits },
      decision,
    } = await score({ id: label.file, message, alias, receivedAt, countsTraffic: false });
    results.push({
      file: label.file,
      class: label.class,
      alias: label.alias,
      campaign: label.campaign,
      tagged: isFlagged(decision),
      bits,
      reason: decision.reason,
      hasPack: alias.pack !== null,
    });
  }
  return results;
}
