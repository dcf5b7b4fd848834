import { collapseSpace } from '../message/collapse-space.ts';
import { foldText } from '../message/fold.ts';
import type { Alias, MailFunction, SubjectTemplate } from './alias.ts';

/** More of a subject than a template is compared with. */
const maxSubjectLength = 2000;

/**
 * What a message is for, by its subject: the function of the template with the most literal text that fits. An alias
 * with a single function answers with it; null where the pack does not know. Time is linear in the subject for each
 * template: literals are searched in order, never backwards.
 */
export function templateFunctionOf({ pack }: Alias, subject: string): MailFunction | null {
  if (pack === null) return null;
  const [only, ...others] = pack.functions;
  if (only !== undefined && others.length === 0) return only;
  const text = comparable(subject.slice(0, maxSubjectLength));
  let best: { readonly function: MailFunction; readonly length: number } | null = null;
  for (const template of pack.templates) {
    const literals = literalsOf(template);
    const length = literals.reduce((sum, literal) => sum + literal.length, 0);
    if (length > (best?.length ?? 0) && fits(text, literals))
      best = { function: template.function, length };
  }
  return best?.function ?? null;
}

/** As a person reads it: look-alike letters, case and the width of gaps do not matter. */
function comparable(text: string): string {
  return collapseSpace(foldText(text).toLowerCase());
}

/** The text between slots; empty at an end where a slot stands. */
function literalsOf({ subject }: SubjectTemplate): readonly string[] {
  return subject.split(/\{[^{}]*\}/).map((literal) => foldText(literal).toLowerCase());
}

/** The literals stand in this order, the first at the start, the last at the end, something in every slot. */
function fits(text: string, literals: readonly string[]): boolean {
  const [first = '', ...rest] = literals;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let end = first.length;
  for (const literal of rest) {
    const start = text.indexOf(literal, end + 1);
    if (start < 0) return false;
    end = start + literal.length;
  }
  return text.endsWith(last) && text.length - last.length > end;
}
