import * as z from 'zod';

/** `policy.yaml: activation`. The set in force decides how careful to be with the next one. */
export const activationSchema = z
  .strictObject({
    watchFiles: z.boolean().default(true),
    stage: z.enum(['enforce', 'shadow', 'canary']).default('enforce'),
    canaryShare: z.number().gt(0).max(1).default(0.05),
  })
  .prefault({});
