import type * as z from 'zod';
import type { causesSchema } from '../causes-schema.ts';
import type { FoundProblem } from '../explain-issue.ts';
import type { LanguageFile } from '../language-schema.ts';
import type { listsSchema } from '../lists-schema.ts';
import type { policySchema } from '../policy-schema.ts';
import type { vendorSchema } from '../vendor-schema.ts';
import type { YamlFile } from '../yaml-file.ts';

/** A valid file: what it says, and where each part of that stands. */
export type RuleDocument<Value> = {
  readonly file: Pick<YamlFile, 'path' | 'locate'>;
  readonly value: Value;
};

/** The files of one valid set, as they were written. */
export type RuleDocuments = {
  readonly policy: RuleDocument<z.output<typeof policySchema>>;
  readonly causes: RuleDocument<z.output<typeof causesSchema>>;
  readonly lists: RuleDocument<z.output<typeof listsSchema>>;
  readonly vendors: readonly RuleDocument<z.output<typeof vendorSchema>>[];
  /** By language code. */
  readonly languages: ReadonlyMap<string, RuleDocument<LanguageFile>>;
  readonly popularDomains: ReadonlySet<string>;
};

/** Something in one of them that is valid and surely not meant. */
export type Doubt = FoundProblem & { readonly file: Pick<YamlFile, 'locate'> };
