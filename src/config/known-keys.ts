import * as z from 'zod';

/** Names of the keys that a schema knows at a path. */
export function knownKeys(
  schema: z.core.$ZodType,
  path: readonly PropertyKey[],
): readonly string[] {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable
  ) {
    return knownKeys(schema.unwrap(), path);
  }
  if (schema instanceof z.ZodPipe) return knownKeys(schema.in, path);
  if (schema instanceof z.ZodUnion)
    return schema.options.flatMap((option) => knownKeys(option, path));
  const [step, ...rest] = path;
  if (schema instanceof z.ZodArray && step !== undefined) return knownKeys(schema.element, rest);
  if (schema instanceof z.ZodRecord) {
    if (step !== undefined) return knownKeys(schema.valueType, rest);
    return schema.keyType instanceof z.ZodEnum ? schema.keyType.options.map(String) : [];
  }
  if (!(schema instanceof z.ZodObject)) return [];
  if (step === undefined) return Object.keys(schema.shape);
  const inner = (schema as z.ZodObject<Readonly<Record<string, z.core.$ZodType>>>).shape[
    String(step)
  ];
  return inner === undefined ? [] : knownKeys(inner, rest);
}
