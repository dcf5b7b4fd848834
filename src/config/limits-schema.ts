import * as z from 'zod';

const ceiling = z
  .strictObject({
    perHour: z
      .int()
      .min(1)
      .max(10_000_000)
      .meta({ description: 'Messages in a sliding hour.', examples: [2000] }),
    action: z.enum(['tag', 'defer', 'quarantine']).meta({
      description: 'What happens to the messages past it, as far as `mode` allows.',
      enumDescriptions: [
        'relay them with header fields that say why',
        'answer 451: the client tries again, and each try counts',
        'hold them in the quarantine',
      ],
      examples: ['defer'],
    }),
  })
  .nullable()
  .meta({
    description: 'A ceiling, or `null` for none.',
    examples: [{ perHour: 200, action: 'defer' }],
  });

const ofAlias = 'All mail of one alias.';
const ofActor =
  'The mail of whoever filled the slots (tenant, merchant, sharer) through one alias.';
const ofNewActor = 'The mail of one that the alias never had before.';

/** `policy.yaml: limits`. All off. */
export const limitsSchema = z
  .strictObject({
    alias: ceiling.default(null).describe(ofAlias),
    actor: ceiling.default(null).describe(ofActor),
    newActor: ceiling.default(null).describe(ofNewActor),
  })
  .prefault({})
  .describe(
    'Hard ceilings on messages in a sliding hour, off unless given. A message past one is dealt with so whatever it scores.',
  );

/** `limits` in an override. */
export const limitsSettings = z
  .strictObject({
    alias: ceiling.optional().describe(ofAlias),
    actor: ceiling.optional().describe(ofActor),
    newActor: ceiling.optional().describe(ofNewActor),
  })
  .describe('Ceilings in place of those for all; `null` switches one off.');
