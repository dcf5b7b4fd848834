import * as z from 'zod';

/** What is named here stands under `components` of the OpenAPI document. */
export const named = z.registry<{ readonly id: string }>();

export const count = z.number().int().nonnegative();
export const id = z
  .string()
  .regex(/^[0-9A-Za-z_-]{1,64}$/, { error: 'is not an id' })
  .describe('Id of a message, campaign or act');
export const time = z.iso.datetime({ offset: true }).describe('ISO 8601');

export const problem = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().describe('What went wrong and what to do'),
    problems: z
      .array(z.object({ at: z.string(), message: z.string() }))
      .optional()
      .describe('Each value that cannot be used'),
  })
  .describe('RFC 9457');

/** Puts schemas among the components, by name. */
export function nameSchemas(schemas: Readonly<Record<string, z.ZodType>>): void {
  for (const [id, schema] of Object.entries(schemas)) named.add(schema, { id });
}

nameSchemas({ Problem: problem });
