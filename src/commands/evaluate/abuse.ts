import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Alias } from '../../alias/alias.ts';
import { readMessageFile } from '../../archive/read-archive.ts';
import type { Message } from '../../message/message.ts';
import { factsOf, type Facts } from './facts.ts';
import { breaksFixedRule } from './fixed-rule.ts';
import type { Scorer } from './scorer.ts';
import type { ParseArchived } from './streams.ts';

const labelSchema = z.looseObject({
  file: z.string(),
  class: z.string(),
  alias: z.string().default(''),
  from: z.string().default(''),
  campaign: z.string().default(''),
  date: z.string().default(''),
});

export type AbuseMail = {
  readonly file: string;
  readonly class: string;
  /** Address or pattern, as labelled. */
  readonly alias: string;
  readonly campaign: string;
  readonly from: string;
  readonly message: Message;
  readonly receivedAt: Date;
};

/** One labelled message against an alias without history. */
export type AbuseResult = Facts & {
  readonly file: string;
  readonly class: string;
  readonly alias: string;
  readonly campaign: string;
  readonly reason: string;
  readonly hasPack: boolean;
  readonly breaksFixedRule: boolean;
};

/** Class of genuine mail that somebody reported as phishing: it must pass. */
export const mislabelledClass = 'mislabelled_legit';

/** Reads the mail that `labels.jsonl` names; the file names are relative to it. */
export async function readAbuse(
  labelsPath: string,
  parse: ParseArchived,
): Promise<readonly AbuseMail[]> {
  const lines = (await readFile(labelsPath, 'utf8'))
    .split('\n')
    .filter((line) => line.trim() !== '');
  const mails: AbuseMail[] = [];
  for (const line of lines) {
    const label = labelSchema.parse(JSON.parse(line));
    const path = join(dirname(labelsPath), label.file);
    const message = await parse(readMessageFile(await readFile(path), path));
    if (message === null) throw new Error(`${path} cannot be read as a message`);
    const sentAt = new Date(label.date);
    mails.push({
      ...label,
      from: label.from === '' ? (message.from[0]?.address ?? label.alias) : label.from,
      message,
      receivedAt: Number.isNaN(sentAt.getTime()) ? new Date(message.sentAtMs ?? 0) : sentAt,
    });
  }
  return mails;
}

/**
 * Scores labelled abuse, each message against an alias without history: what a site sees on the first day. With packs,
 * the vendor's own pack where there is one.
 */
export async function scoreAbuse(
  mails: readonly AbuseMail[],
  options: {
    readonly aliasOf: (address: string) => Alias;
    readonly withPacks: boolean;
    readonly score: Scorer;
  },
): Promise<readonly AbuseResult[]> {
  const results: AbuseResult[] = [];
  for (const { file, class: kind, alias: label, campaign, ...mail } of mails) {
    const found = options.aliasOf(mail.from);
    const alias = options.withPacks ? found : { ...found, pack: null };
    const { message, receivedAt } = mail;
    const judgement = await options.score({
      id: file,
      message,
      alias,
      receivedAt,
      countsTraffic: false,
    });
    results.push({
      ...factsOf(judgement),
      file,
      class: kind,
      alias: label,
      campaign,
      reason: judgement.decision.reason,
      hasPack: found.pack !== null,
      breaksFixedRule: breaksFixedRule(message, alias),
    });
  }
  return results;
}
