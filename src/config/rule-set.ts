import type { Alias } from '../alias/alias.ts';
import type { Condition } from '../conditions/condition.ts';
import type { Policy } from '../decision/policy.ts';
import type { RuleFiles } from './rule-source.ts';
import type { CauseTable } from '../score/causes.ts';
import type { Lists } from '../features/lists.ts';
import type { NoticeLanguages } from '../notices/notice-texts.ts';

/** Everything under `rules/`, validated: one immutable value that is swapped as a whole. */
export type RuleSet = {
  /** First 12 hex digits of SHA-256 over all files in name order; in headers, logs and metrics. */
  readonly version: string;
  readonly policy: Policy;
  readonly causes: CauseTable;
  /** Enabled ones, in the order of the file. */
  readonly conditions: readonly Condition[];
  readonly lists: Lists;
  readonly aliases: readonly Alias[];
  /** Texts of notices by language; the shipped ones where a rules directory has none of its own. */
  readonly notices: NoticeLanguages;
  /** All that was read, so that the set can be stored and loaded elsewhere; `popularDomainsFile` under that name. */
  readonly files: RuleFiles;
};
