import * as z from 'zod';

/** `A,B`, as in the environment and in flags, or a YAML list. */
export function textList(what: string) {
  return z.union([z.array(z.string()), z.string().transform((list) => list.split(','))], {
    error: `is not a list of ${what}`,
  });
}
