import * as z from 'zod';
import { signalDescriptions } from './signal-descriptions.ts';

/** A JSON Schema, draft 7: what editors' YAML support reads everywhere. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The JSON Schema of a file, every field with description, range, default and examples; `title` names the file. */
export function jsonSchemaOf(schema: z.ZodType, title: string, description: string): JsonSchema {
  // What may be left out has its default only after parsing: editors see what is written.
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' });
  const definitions: Record<string, JsonSchema> = {};
  const root = explained(rest, { name: title, definitions });
  const named = Object.keys(definitions).length > 0 ? { definitions } : {};
  return { $schema, title, ...root, description, ...named };
}

/** Name of the field that a node describes, and where what stands there many times is put. */
type Place = { readonly name: string; readonly definitions: Record<string, JsonSchema> };

function explained(node: JsonSchema, place: Place): JsonSchema {
  const { properties, items, anyOf, oneOf, additionalProperties, propertyNames } = node;
  const names = isNode(propertyNames) ? propertyNames['enum'] : undefined;
  if (Array.isArray(names) && isNode(additionalProperties))
    return spelledOut(node, { names, each: additionalProperties, place });
  const inner = (value: JsonSchema, name = place.name) => explained(value, { ...place, name });
  return withRange({
    ...node,
    ...(isNode(properties)
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, value]) => [
              name,
              inner(value as JsonSchema, name),
            ]),
          ),
        }
      : {}),
    ...(isNode(items) ? { items: inner(items) } : {}),
    ...(Array.isArray(anyOf) ? { anyOf: anyOf.map((one: JsonSchema) => inner(one)) } : {}),
    ...(Array.isArray(oneOf) ? { oneOf: oneOf.map((one: JsonSchema) => inner(one)) } : {}),
    ...(isNode(additionalProperties) ? { additionalProperties: inner(additionalProperties) } : {}),
    ...(isNode(propertyNames) ? { propertyNames: inner(propertyNames) } : {}),
  });
}

type Names = {
  readonly names: readonly string[];
  readonly each: JsonSchema;
  readonly place: Place;
};

/** A mapping from a closed set of names becomes an object with these, so that each is completed and explained. */
function spelledOut(node: JsonSchema, { names, each, place }: Names): JsonSchema {
  const { description = '', ...shared } = explained(each, place);
  place.definitions[place.name] = shared;
  const known: Readonly<Record<string, string>> = signalDescriptions;
  const own = (name: string) => [known[name] ?? name, shown(description)].join(' ').trim();
  const rest = Object.entries(node).filter(([key]) => key !== 'propertyNames');
  return {
    ...Object.fromEntries(rest),
    properties: Object.fromEntries(
      names.map((name) => [
        name,
        { description: own(name), allOf: [{ $ref: `#/definitions/${place.name}` }] },
      ]),
    ),
    additionalProperties: false,
  };
}

/** Editors show the description and seldom the bounds, so they stand there as well. */
function withRange(node: JsonSchema): JsonSchema {
  const { description } = node;
  if (typeof description !== 'string') return node;
  const facts = [description, rangeOf(node), defaultOf(node)].filter((fact) => fact !== null);
  return { ...node, description: facts.join(' ') };
}

function rangeOf(node: JsonSchema): string | null {
  const { type, minimum, exclusiveMinimum, maximum, maxItems, maxLength } = node;
  if (type === 'number' || type === 'integer') {
    const low = minimum === undefined ? `more than ${shown(exclusiveMinimum)}` : shown(minimum);
    return `Range: ${low} to ${shown(maximum)}${type === 'integer' ? ', whole numbers' : ''}.`;
  }
  if (maxItems !== undefined) return `At most ${shown(maxItems)} entries.`;
  return maxLength === undefined ? null : `At most ${shown(maxLength)} characters.`;
}

function defaultOf({ default: value }: JsonSchema): string | null {
  if (value === undefined || (typeof value === 'object' && value !== null)) return null;
  return value === '' ? 'Default: empty.' : `Default: ${shown(value)}.`;
}

/** Text as it is, anything else as YAML would have it. */
function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isNode(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
