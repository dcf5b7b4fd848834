import { z } from 'zod';
import { redisFormat, refuseNewer } from '../redis/redis-format.ts';
import { stateFormat } from '../state-directory.ts';

export const backupFormat = 1;
export const aboutName = 'about.json';
export const sumsName = 'SHA256SUMS';

const count = z.int().nonnegative();

const about = z.object({
  format: z.int().positive(),
  /** Version of the program that wrote it. */
  program: z.string().max(100),
  /** ISO 8601. */
  at: z.iso.datetime(),
  store: z.enum(['sqlite', 'redis']),
  stateFormat: z.int().positive(),
  redisFormat: z.object({ version: count, readableFrom: count }).nullable(),
});

/** First file of a backup: what it is, and who can read it. */
export type About = z.output<typeof about>;

/** @throws Error in one sentence for what is no backup, or one that a newer program wrote. */
export function readAbout(text: string): About {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = null;
  }
  const { format } = z.object({ format: z.int() }).catch({ format: 0 }).parse(json);
  if (format > backupFormat)
    throw new Error(
      `it was written by a newer Aliaswatch (format ${format}, this one reads ${backupFormat}); upgrade`,
    );
  const reading = about.safeParse(json);
  if (!reading.success) throw new Error('it is not a backup of Aliaswatch');
  const { data } = reading;
  if (data.stateFormat > stateFormat)
    throw new Error(
      `its files were written by a newer Aliaswatch (format ${data.stateFormat}, this one reads ${stateFormat}); upgrade`,
    );
  if (data.redisFormat !== null) refuseNewer(data.redisFormat, redisFormat);
  return data;
}
