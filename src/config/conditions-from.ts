import type * as z from 'zod';
import type { Alias } from '../alias/alias.ts';
import { createCatalogue } from '../alias/catalogue.ts';
import { compilerFor, type Compiler, type Expression } from '../conditions/compile.ts';
import type { Condition, Effect } from '../conditions/condition.ts';
import type { ExpressionProblem } from '../conditions/problem.ts';
import type { Policy } from '../decision/policy.ts';
import type { CauseTable } from '../score/causes.ts';
import type { conditionsSchema } from './conditions-schema.ts';
import type { FoundProblem } from './explain-issue.ts';
import { unknownAliases } from './known-aliases.ts';
import { nearestName } from './nearest-name.ts';

type Written = z.output<typeof conditionsSchema>['conditions'][number];

/** What the rest of a rule set says that conditions may name. */
export type ConditionsContext = {
  readonly aliases: readonly Alias[];
  readonly policy: Pick<Policy, 'watch' | 'quarantine'>;
  readonly causes: CauseTable;
  readonly sets: readonly string[];
};

export type ConditionsReading = {
  /** Enabled ones, in the order of the file. */
  readonly conditions: readonly Condition[];
  readonly problems: readonly FoundProblem[];
  readonly warnings: readonly FoundProblem[];
};

/** Most steps of all enabled conditions together: two seconds in the worst message there is. */
const maxTotalSteps = 2_000_000;

/** Compiles every condition, also those that are switched off: an example must be fit to be switched on. */
export function conditionsFrom(
  written: readonly Written[],
  context: ConditionsContext,
): ConditionsReading {
  const compiler = conditionCompiler(context);
  const problems: FoundProblem[] = [];
  const warnings: FoundProblem[] = [];
  const conditions: Condition[] = [];
  written.forEach((condition, index) => {
    const path = ['conditions', index, 'when'] as const;
    const compiled = compiler.compile(condition.when);
    if (condition.enabled) problems.push(...unknownPrefilter(condition, index, context));
    if (!compiled.ok) problems.push(...compiled.problems.map((found) => located(found, path)));
    else if (condition.enabled) {
      warnings.push(...warningsOf(condition, compiled, index, context));
      conditions.push(conditionOf(condition, compiled, compiler));
    }
  });
  return { conditions, problems: [...problems, ...tooMuch(conditions)], warnings };
}

/** The compiler that knows the names of one set of rules. */
export function conditionCompiler({ aliases, policy, causes, sets }: ConditionsContext): Compiler {
  const all = createCatalogue(aliases, policy.watch).aliases;
  const known = {
    aliasIds: all.map(({ id }) => id),
    vendors: [...new Set(all.map(({ vendor }) => vendor))],
    attackCauses: causes.attack.map(({ id }) => id),
    sets,
  };
  return compilerFor(known, nearestName);
}

function conditionOf(
  { effect, ...written }: Written,
  { isTrueOf, readsMessage, steps }: Expression,
  { viewOf }: Compiler,
): Condition {
  const { id, name, description, aliases, forced, references } = written;
  const facts = { id, name, description, aliases, forced, references };
  return { ...facts, effect: effectOf(effect), readsMessage, steps, viewOf, isTrueOf };
}

function effectOf({ bits = 0, action }: Written['effect']): Effect {
  return action === undefined ? { kind: 'bits', bits } : { kind: 'action', action };
}

function located(
  { offset, message, hint }: ExpressionProblem,
  path: readonly PropertyKey[],
): FoundProblem {
  return { path, message, hint, on: 'value', within: offset };
}

function unknownPrefilter(
  { aliases }: Written,
  index: number,
  context: ConditionsContext,
): readonly FoundProblem[] {
  const given = { aliases: context.aliases, watch: context.policy.watch, orVendors: true };
  return unknownAliases({ keys: aliases, path: [] }, given).map((found) => ({
    ...found,
    path: ['conditions', index, 'aliases', aliases.indexOf(String(found.path[0]))],
    on: 'value',
  }));
}

function warningsOf(
  { effect, forced }: Written,
  { certainty, neverTrue }: Expression,
  index: number,
  { policy }: ConditionsContext,
): readonly FoundProblem[] {
  const when = ['conditions', index, 'when'];
  const warnings = neverTrue.map((found) => located(found, when));
  const whole = (message: string, hint: string) => located({ offset: 0, message, hint }, when);
  if (certainty === false && neverTrue.length === 0)
    warnings.push(
      whole(
        'this condition can never be true',
        'two parts of it exclude each other, or a number is out of reach',
      ),
    );
  if (certainty === true)
    warnings.push(
      whole('this condition is true of every message', 'name what is unusual about the message'),
    );
  const { floorBits } = policy.quarantine;
  const { bits = 0, action } = effect;
  const reaches =
    bits >= floorBits && `${bits} bits alone reach quarantine (from ${floorBits} bits)`;
  const holds =
    action !== undefined && action !== 'tag' && `\`${action}\` alone keeps mail from its recipient`;
  const alone = reaches || holds;
  if (typeof alone === 'string' && !forced)
    warnings.push({
      path: ['conditions', index, 'effect'],
      message: alone,
      hint: 'write fewer bits, or `forced: true` beside it if that is meant',
      on: 'key',
    });
  return warnings;
}

function tooMuch(conditions: readonly Condition[]): readonly FoundProblem[] {
  const steps = conditions.reduce((sum, condition) => sum + condition.steps, 0);
  if (steps <= maxTotalSteps) return [];
  const [first] = [...conditions].sort((left, right) => right.steps - left.steps);
  return [
    {
      path: ['conditions'],
      message: `all conditions together could take ${steps.toLocaleString('en')} steps for one message; at most ${maxTotalSteps.toLocaleString('en')} are allowed`,
      hint: `switch some off; \`${first?.id ?? ''}\` takes most`,
      on: 'key',
    },
  ];
}
