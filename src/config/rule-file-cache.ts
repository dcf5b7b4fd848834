import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type * as z from 'zod';
import { findProblems } from './explain-issue.ts';
import type { RuleProblem } from './rule-problem.ts';
import type { RuleSource } from './rule-source.ts';
import { maxYamlBytes, yamlFileFrom, type YamlFile } from './yaml-file.ts';

/** What was made of a file without problems, by its name; the next set often differs in one file. */
export type RuleFileCache = Map<string, { readonly bytes: Buffer; readonly value: unknown }>;

export type CachedReading<Value> = {
  /** Null where the file cannot be read as YAML. */
  readonly bytes: Buffer | null;
  readonly problems: readonly RuleProblem[];
  /** Null where there are problems. */
  readonly read: {
    readonly file: Pick<YamlFile, 'path' | 'value' | 'locate'>;
    readonly value: Value;
  } | null;
};

/** Reads one file against its schema, or takes what the cache has of the same bytes. */
export async function readCached<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  source: RuleSource,
  cache: RuleFileCache,
): Promise<CachedReading<z.output<Schema>>> {
  const path = source.pathOf(name);
  const bytes = await source.read(name, maxYamlBytes);
  const known = cache.get(name);
  if (known !== undefined && typeof bytes !== 'string' && known.bytes.equals(bytes)) {
    // The same name had the same schema.
    const value = known.value as z.output<Schema>;
    return { bytes, problems: [], read: { file: parsedAgain(path, bytes), value } };
  }
  // Parsing is slow, and mail goes on meanwhile.
  await yieldToOthers();
  const reading = yamlFileFrom(path, bytes);
  if (!reading.ok) return { bytes: null, problems: reading.problems, read: null };
  const { file } = reading;
  const problems = [
    ...file.problems,
    ...findProblems(schema, file.value).map((problem) => file.locate(problem)),
  ];
  if (problems.length > 0) return { bytes: file.bytes, problems, read: null };
  const value = schema.parse(file.value);
  cache.set(name, { bytes: file.bytes, value });
  return { bytes: file.bytes, problems, read: { file, value } };
}

/** A place in a cached file is looked for only where something is wrong with the set as a whole. */
function parsedAgain(path: string, bytes: Buffer): Pick<YamlFile, 'path' | 'value' | 'locate'> {
  const again = () => {
    const reading = yamlFileFrom(path, bytes);
    if (!reading.ok) throw new Error(`${path} was read before and cannot be read now`);
    return reading.file;
  };
  return {
    path,
    get value() {
      return again().value;
    },
    locate: (found) => again().locate(found),
  };
}
