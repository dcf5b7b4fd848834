import * as z from 'zod';
import { slug } from './name-schemas.ts';

const ceiling = z
  .strictObject({
    perHour: z.int().min(1).max(10_000_000),
    action: z.enum(['tag', 'defer', 'quarantine']),
  })
  .nullable();

const overridden = ceiling.optional();

/** `policy.yaml: limits`. All off; what is named for an alias replaces the ceiling for all. */
export const limitsSchema = z
  .strictObject({
    alias: ceiling.default(null),
    actor: ceiling.default(null),
    newActor: ceiling.default(null),
    aliases: z
      .record(slug, z.strictObject({ alias: overridden, actor: overridden, newActor: overridden }))
      .default({}),
  })
  .prefault({});
