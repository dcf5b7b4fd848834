import type { RuleWarning } from '../rule-problem.ts';
import { aliasDoubts } from './alias-doubts.ts';
import { causeDoubts } from './cause-doubts.ts';
import { languageDoubts } from './language-doubts.ts';
import { listDoubts } from './list-doubts.ts';
import { policyDoubts } from './policy-doubts.ts';
import type { RuleDocuments } from './rule-documents.ts';

/** Of one kind in one file; the ones after the first few are echoes. */
const maxDoubts = 20;

/** Everything in valid rules that is surely not what its author meant: what can never have an effect, and what contradicts itself. */
export function rulesWarnings(documents: RuleDocuments): readonly RuleWarning[] {
  return [policyDoubts, causeDoubts, listDoubts, languageDoubts, aliasDoubts].flatMap((doubtsOf) =>
    doubtsOf(documents)
      .slice(0, maxDoubts)
      .map(({ file, ...found }) => file.locate(found)),
  );
}
