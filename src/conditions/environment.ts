import { Environment } from '@marcbachmann/cel-js';
import { celTypeOf, type Field } from './field.ts';
import { calledName, type ConditionFunction } from './functions.ts';
import { NamedSet, typesOf, type ViewBuilder } from './view.ts';

/** How large an expression may be: plenty for a person, nothing for a machine. */
export const expressionLimits = {
  maxAstNodes: 400,
  maxDepth: 40,
  maxListElements: 100,
  maxMapEntries: 0,
  maxCallArguments: 8,
};

/** Whole numbers and others mix, as people expect; CEL alone compares them and nothing more. */
const arithmetic = {
  '+': (left: number, right: number) => left + right,
  '-': (left: number, right: number) => left - right,
  '*': (left: number, right: number) => left * right,
  '/': (left: number, right: number) => left / right,
} as const;

/** The CEL environment that knows the variables and functions of one set of rules. */
export function environmentFor(
  variables: readonly Field[],
  functions: readonly ConditionFunction[],
  views: ViewBuilder,
): Environment {
  const environment = new Environment({ limits: expressionLimits });
  environment.registerType('Set', { ctor: NamedSet, fields: {} });
  for (const { name, viewClass, fields } of typesOf(views.classes))
    environment.registerType(name, { ctor: viewClass, fields: { ...fields } });
  for (const { name, type } of variables) environment.registerVariable(name, celTypeOf(type));
  for (const { name, signatures, handler } of functions)
    for (const signature of handler === undefined ? [] : signatures)
      environment.registerFunction(
        signature.replace(`.${name}(`, `.${calledName(name)}(`),
        handler as (...values: unknown[]) => unknown,
        synchronous,
      );
  registerOperators(environment);
  return environment;
}

/** Without it every expression would be prepared for promises. */
const synchronous = { async: false };

type Operators = {
  registerOperator: (
    signature: string,
    handler: (left: never, right: never) => unknown,
    options: { readonly async: boolean },
  ) => unknown;
};

function registerOperators(environment: Environment): void {
  // The declared type of this method leaves out its last argument.
  const operators = environment as unknown as Operators;
  operators.registerOperator(
    'string in Set: bool',
    (value: string, names: NamedSet) => names.has(value),
    synchronous,
  );
  operators.registerOperator(
    'int == double: bool',
    (left: bigint, right: number) => Number(left) === right,
    synchronous,
  );
  for (const [sign, work] of Object.entries(arithmetic))
    for (const types of ['int double', 'double int']) {
      const [left, right] = types.split(' ');
      operators.registerOperator(
        `${left ?? ''} ${sign} ${right ?? ''}: double`,
        (one: bigint | number, other: bigint | number) => work(Number(one), Number(other)),
        synchronous,
      );
    }
}
