import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type * as z from 'zod';
import type { RuleProblem } from './rule-problem.ts';
import type { RuleSource } from './rule-source.ts';
import { fileReadBefore, maxYamlBytes, yamlOfRulesFrom, type YamlFile } from './yaml-file.ts';
import { yamlValue } from './yaml-value.ts';

export type RuleFileReading<Value> = {
  /** Null where the file cannot be read as YAML. */
  readonly bytes: Buffer | null;
  readonly problems: readonly RuleProblem[];
  /** Null where there are problems. */
  readonly read: {
    readonly file: Pick<YamlFile, 'path' | 'value' | 'locate'>;
    readonly value: Value;
  } | null;
};

/** Reads one file against its schema; files of one name have the same schema. */
export type ReadRuleFile = <Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  source: RuleSource,
) => Promise<RuleFileReading<z.output<Schema>>>;

/** More names than sets have that are in use at a time. */
const maxNames = 1000;

/** Keeps what was made of a file without problems, by its name: the next set often differs in one file. */
export function createRuleFileReader(): ReadRuleFile {
  const kept = new LRUCache<string, { readonly bytes: Buffer; readonly value: unknown }>({
    max: maxNames,
  });
  return async <Schema extends z.ZodType>(name: string, schema: Schema, source: RuleSource) => {
    const path = source.pathOf(name);
    const bytes = await source.read(name, maxYamlBytes);
    const known = kept.get(name);
    if (known !== undefined && typeof bytes !== 'string' && known.bytes.equals(bytes)) {
      // The same name had the same schema.
      const value = known.value as z.output<Schema>;
      return { bytes, problems: [], read: { file: fileReadBefore(path, bytes), value } };
    }
    // Parsing is slow, and mail goes on meanwhile.
    await yieldToOthers();
    const reading = yamlOfRulesFrom(path, bytes);
    if (!reading.ok) return { bytes: null, problems: reading.problems, read: null };
    const { file } = reading;
    const outcome = yamlValue(file, schema);
    if (!outcome.ok) return { bytes: file.bytes, problems: outcome.problems, read: null };
    const { value } = outcome;
    kept.set(name, { bytes: file.bytes, value });
    return { bytes: file.bytes, problems: [], read: { file, value } };
  };
}
