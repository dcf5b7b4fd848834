import { ParseError, TypeError as CelTypeError, type ParseResult } from '@marcbachmann/cel-js';
import { childrenOf, type Node } from './ast.ts';
import { checkNames } from './check-names.ts';
import type { KnownNames } from './context-fields.ts';
import { environmentFor } from './environment.ts';
import { explainSyntax } from './explain-syntax.ts';
import { explainType, hintForTruth, typeName } from './explain-type.ts';
import { calledName, functionsFor } from './functions.ts';
import { measure, type Measured } from './measure.ts';
import type { ExpressionProblem, NearestName } from './problem.ts';
import { certaintyOf, type Certainty } from './truth.ts';
import { variablesFor } from './variables.ts';
import { buildViews, type View, type ViewBuilder } from './view.ts';

/** Most steps of one condition, each about a microsecond: a quarter of a second in the worst message there is. */
export const maxSteps = 250_000;

export type Expression = {
  readonly isTrueOf: (view: View) => boolean;
  readonly steps: number;
  readonly readsMessage: boolean;
  readonly certainty: Certainty;
  /** Comparisons that are never true since nothing has that value just now. */
  readonly neverTrue: readonly ExpressionProblem[];
};

export type Compilation =
  | ({ readonly ok: true } & Expression)
  | { readonly ok: false; readonly problems: readonly ExpressionProblem[] };

export type Compiler = {
  readonly compile: (text: string) => Compilation;
  readonly viewOf: ViewBuilder['viewOf'];
};

/** Compiles the expressions of one set of rules: parsed, type-checked and bounded once, then only run. */
export function compilerFor(known: KnownNames, nearest: NearestName): Compiler {
  const patterns: Measured['patterns'] extends ReadonlyMap<infer Key, infer Value>
    ? Map<Key, Value>
    : never = new Map();
  const variables = variablesFor(known);
  const functions = functionsFor((text, pattern) => patterns.get(pattern)?.isIn(text) === true);
  const views = buildViews(variables);
  const environment = environmentFor(variables, functions, views);
  const fields = new Map(
    [...views.classes.keys()].map((struct) => [struct.name, struct.fields.map(({ name }) => name)]),
  );
  const names = { variables: variables.map(({ name }) => name), functions, nearest };

  const compile = (text: string): Compilation => {
    const parsed = parse(() => environment.parse(text), text);
    if (!parsed.ok) return parsed;
    const unknown = checkNames(parsed.result.ast, names);
    if (unknown.length > 0) return { ok: false, problems: unknown };
    callLinearEngine(parsed.result.ast);
    const problem = checkTypes(parsed.result, { fields, functions, nearest });
    if (problem !== null) return { ok: false, problems: [problem] };
    const measured = measure(parsed.result.ast, { variables, functions, nearest });
    const problems = [...measured.problems, ...tooMuch(measured, text)];
    if (problems.length > 0) return { ok: false, problems };
    for (const [pattern, reading] of measured.patterns) patterns.set(pattern, reading);
    const { steps, readsMessage, neverTrue, types } = measured;
    return {
      ok: true,
      isTrueOf: (view) => parsed.result(view) === true,
      steps,
      readsMessage,
      neverTrue,
      certainty: certaintyOf(parsed.result.ast, types),
    };
  };
  return { compile, viewOf: views.viewOf };
}

type Parsing =
  | { readonly ok: true; readonly result: ParseResult }
  | { readonly ok: false; readonly problems: readonly ExpressionProblem[] };

function parse(work: () => ParseResult, text: string): Parsing {
  try {
    return { ok: true, result: work() };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { ok: false, problems: [explainSyntax(error, text)] };
  }
}

/** CEL's own `matches` and `contains` can be made to hang (`calledName`). */
function callLinearEngine(node: Node): void {
  if (node.op === 'rcall') node.args[0] = calledName(node.args[0]);
  childrenOf(node).forEach(callLinearEngine);
}

function checkTypes(
  result: ParseResult,
  context: Parameters<typeof explainType>[1],
): ExpressionProblem | null {
  const { valid, type, error } = result.check();
  if (!valid && error instanceof CelTypeError) return explainType(error, context);
  if (!valid) throw error ?? new Error('the checker said no more');
  if (type === 'bool') return null;
  return {
    offset: result.ast.start,
    message: `the condition is ${typeName(type)}, not true or false`,
    hint: hintForTruth(type, result.ast),
  };
}

function tooMuch({ steps }: Measured, text: string): readonly ExpressionProblem[] {
  if (steps <= maxSteps) return [];
  const offset = text.length - text.trimStart().length;
  return [
    {
      offset,
      message: `the condition could take ${steps.toLocaleString('en')} steps for one message; at most ${maxSteps.toLocaleString('en')} are allowed`,
      hint: 'ask fewer lists inside each other, shorter texts (a subject instead of the whole text), or simpler patterns',
    },
  ];
}
